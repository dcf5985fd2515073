// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.HostData;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Resources;

/// <summary>Every kind of the catalog: names, storage, tables.</summary>
public abstract class KindTests(TestEngine engine)
{
    private const string TableType = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private const string Scans = "spdx.softwarecomposition.kubescape.io/v1beta1";

    public static TheoryData<string> Expected =>
    [
        $"{Scans} ApplicationProfile applicationprofiles true", $"{Scans} CollapseConfiguration collapseconfigurations false",
        $"{Scans} ContainerProfile containerprofiles true", $"{Scans} KnownServer knownservers false",
        $"{Scans} NetworkNeighborhood networkneighborhoods true", $"{Scans} OpenVulnerabilityExchangeContainer openvulnerabilityexchangecontainers true",
        $"{Scans} SBOMSyft sbomsyfts true status", $"{Scans} SBOMSyftFiltered sbomsyftfiltereds true status", $"{Scans} SeccompProfile seccompprofiles true status",
        $"{Scans} VulnerabilityManifest vulnerabilitymanifests true status", $"{Scans} VulnerabilityManifestSummary vulnerabilitymanifestsummaries true status",
        $"{Scans} WorkloadConfigurationScan workloadconfigurationscans true", $"{Scans} WorkloadConfigurationScanSummary workloadconfigurationscansummaries true",
        "hostdata.kubescape.cloud/v1beta1 CNIInfo cniinfos false status", "hostdata.kubescape.cloud/v1beta1 CloudProviderInfo cloudproviderinfos false status",
        "hostdata.kubescape.cloud/v1beta1 ContainerRuntimeInfo containerruntimeinfos false status",
        "hostdata.kubescape.cloud/v1beta1 ControlPlaneInfo controlplaneinfos false status", "hostdata.kubescape.cloud/v1beta1 KernelVersion kernelversions false status",
        "hostdata.kubescape.cloud/v1beta1 KubeProxyInfo kubeproxyinfos false status", "hostdata.kubescape.cloud/v1beta1 KubeletInfo kubeletinfos false status",
        "hostdata.kubescape.cloud/v1beta1 LinuxKernelVariables linuxkernelvariables false status",
        "hostdata.kubescape.cloud/v1beta1 LinuxSecurityHardeningStatus linuxsecurityhardeningstatuses false status",
        "hostdata.kubescape.cloud/v1beta1 OpenPortsList openportslists false status", "hostdata.kubescape.cloud/v1beta1 OsReleaseFile osreleasefiles false status",
        "hostdata.kubescape.cloud/v1beta1 DiskEncryption diskencryptions false status", "hostdata.kubescape.cloud/v1beta1 FirmwareStatus firmwarestatuses false status",
        "hostdata.kubescape.cloud/v1beta1 HostFilePermissions hostfilepermissions false status", "hostdata.kubescape.cloud/v1beta1 HostMounts hostmounts false status",
        "hostdata.kubescape.cloud/v1beta1 HostUsers hostusers false status", "hostdata.kubescape.cloud/v1beta1 KernelModules kernelmodules false status",
        "hostdata.kubescape.cloud/v1beta1 PackageSummary packagesummaries false status", "hostdata.kubescape.cloud/v1beta1 ScheduledTasks scheduledtasks false status",
        "hostdata.kubescape.cloud/v1beta1 SshdSettings sshdsettings false status", "hostdata.kubescape.cloud/v1beta1 SudoRules sudorules false status",
        "hostdata.kubescape.cloud/v1beta1 TimeSynchronisation timesynchronisations false status",
        "kubescape.io/v1 RuleException ruleexceptions false status", "kubescape.io/v1 Rules rules true status", "kubescape.io/v1 RuntimeRuleAlertBinding runtimerulealertbindings false", "node-agent.io/v1alpha1 ProfileDrift profiledrifts true",
    ];

    [Fact]
    public void Catalog_StoredKinds_AreTheExpectedOnes() => Assert.Equal(
        Expected.Select(row => row.Data.Split(' ')[2]).Order(StringComparer.Ordinal),
        ResourceCatalog.All.Where(resource => resource.Verbs.Contains("create")).Select(resource => resource.Plural).Order(StringComparer.Ordinal));

    // Who writes what sensors tell makes the address of the kind.
    [Fact]
    public void Catalog_HostData_HasThePluralsThatTheWritersMake() => Assert.All(
        ResourceCatalog.All.Where(resource => resource.Group == HostDataGroup.Name), resource => Assert.Equal(resource.Plural, HostDataGroup.PluralOf(resource.Kind)));

    [Fact]
    public async Task EachStoredKind_IsDiscoveredCreatedReadShownAndDeleted()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        foreach (string[] row in Expected.Select(row => row.Data.Split(' ')))
        {
            await UseAsync(fixture, row[0], row[1], row[2], row[3] == "true", row.Length > 4);
        }
    }

    [Fact]
    public async Task Sbom_ForeignDocument_IsKeptAsItIs()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        const string Collection = $"/apis/{Scans}/namespaces/kubescape/sbomsyfts";
        const string Document = """{"artifacts":[{"id":"a⋯","metadata":{"x-any":[1,2.5,null,{"deep":true}]}}],"schema":{"version":"16.0.0"}}""";
        Answer created = await fixture.SendAsync("POST", Collection, $$$"""{"metadata":{"name":"nginx"},"spec":{"metadata":{"tool":{"name":"syft","version":"1.2"},"report":{"createdAt":null}},"syft":{{{Document}}},"nope":1}}""");
        Answer read = await fixture.SendAsync("GET", Collection + "/nginx");

        Assert.Equal(201, created.Code);
        Assert.Contains("unknown field \\\"spec.nope\\\"", created.Response.Headers.NonValidated["Warning"].ToString(), StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Document), read.Json!["spec"]!["syft"]), read.Text);
        JsonNode table = (await fixture.SendAsync("GET", Collection, accept: TableType)).Json!;
        Assert.Contains("syft", table["rows"]![0]!["cells"]!.AsArray().Select(cell => cell?.ToString()));
    }

    [Fact]
    public async Task Summary_Columns_ShowTheCounters()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        const string Collection = $"/apis/{Scans}/namespaces/shop/vulnerabilitymanifestsummaries";
        await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"a"},"spec":{"severities":{"critical":{"all":7,"relevant":2}}}}""");
        JsonNode table = (await fixture.SendAsync("GET", Collection, accept: TableType)).Json!;
        string[] columns = [.. table["columnDefinitions"]!.AsArray().Select(column => (string)column!["name"]!)];
        JsonArray cells = table["rows"]![0]!["cells"]!.AsArray();

        Assert.Equal(7, (int)cells[Array.IndexOf(columns, "Critical")]!);
        Assert.Equal(2, (int)cells[Array.IndexOf(columns, "Used critical")]!);
        Assert.Null(cells[Array.IndexOf(columns, "High")]);
    }

    [Fact]
    public async Task Rules_WithoutWhatTheyNeed_AreInvalidWithEveryField()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        const string Collection = "/apis/kubescape.io/v1/namespaces/kubescape/rules";
        Answer refused = await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"r"},"spec":{"rules":[{"id":"R1","enabled":true,"name":"n","description":"","severity":5,"profileDependency":2,"supportPolicy":false,"isTriggerAlert":true,"mitreTactic":"","expressions":{"message":"''","ruleExpression":[{"eventType":"exec"}]}}]}}""");

        Assert.Equal((422, "Invalid"), (refused.Code, (string?)refused.Json!["reason"]));
        Assert.Equal(
            ["spec.rules[0].expressions.ruleExpression[0].expression", "spec.rules[0].expressions.uniqueId", "spec.rules[0].mitreTechnique"],
            refused.Json["details"]!["causes"]!.AsArray().Select(cause => (string)cause!["field"]!).Order(StringComparer.Ordinal));
        Assert.Equal("r", (string?)refused.Json["details"]!["name"]);
    }

    [Fact]
    public async Task Exception_WithoutAReason_IsInvalid()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer refused = await fixture.SendAsync("POST", "/apis/kubescape.io/v1/ruleexceptions", """{"metadata":{"name":"e"},"spec":{"ruleIds":["R0001"]}}""");

        Assert.Equal(422, refused.Code);
        Assert.Equal("spec.reason", (string?)Assert.Single(refused.Json!["details"]!["causes"]!.AsArray())!["field"]);
    }

    [Theory]
    [InlineData("""{"conditions":[{"type":"Expired","status":"False"},{"status":"x"},{"type":"Compiled","status":"True"}]}""", "True", "False")]
    [InlineData("""{"conditions":[{"type":"Other","status":"True"}]}""", null, null)]
    [InlineData("""{"conditions":[]}""", null, null)]
    [InlineData("{}", null, null)]
    public async Task Exception_Columns_ShowItsConditions(string status, string? compiled, string? expired)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        const string Collection = "/apis/kubescape.io/v1/ruleexceptions";
        await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"e"},"spec":{"ruleIds":["R0001","R0002"],"expiresAt":"2030-01-31T00:00:00Z","reason":"r"}}""");
        Assert.Equal(200, (await fixture.SendAsync("PATCH", Collection + "/e/status", $$"""{"status":{{status}}}""", "application/merge-patch+json")).Code);
        JsonArray cells = (await fixture.SendAsync("GET", Collection, accept: TableType)).Json!["rows"]![0]!["cells"]!.AsArray();

        Assert.Equal(["e", "2", "2030-01-31T00:00:00Z", compiled, expired], cells.Take(5).Select(cell => cell?.ToString()));
    }

    [Fact]
    public async Task StandAloneKinds_BehindAnApiServer_AreNotServed()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.StandAlone = false);

        Assert.Equal(404, (await fixture.SendAsync("GET", "/apis/kubescape.io/v1/rules")).Code);
        Assert.Equal(404, (await fixture.SendAsync("GET", "/apis/kubescape.io/v1")).Code);
        Assert.DoesNotContain("\"kubescape.io\"", (await fixture.SendAsync("GET", "/apis")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kubescape.io/v1/", (await fixture.SendAsync("GET", "/openapi/v3")).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await fixture.SendAsync("GET", "/apis/hostdata.kubescape.cloud/v1beta1/kubeletinfos")).Code);
    }

    private static async Task UseAsync(ServerFixture fixture, string version, string kind, string plural, bool namespaced, bool hasStatus)
    {
        JsonArray resources = (await fixture.SendAsync("GET", $"/apis/{version}")).Json!["resources"]!.AsArray();
        JsonNode listed = Assert.Single(resources, resource => (string?)resource!["name"] == plural)!;
        Assert.Equal((kind, namespaced), ((string)listed["kind"]!, (bool)listed["namespaced"]!));
        Assert.Equal(hasStatus, resources.Any(resource => (string?)resource!["name"] == plural + "/status"));

        string collection = namespaced ? $"/apis/{version}/namespaces/shop/{plural}" : $"/apis/{version}/{plural}";
        string spec = kind switch
        {
            "Rules" or "RuntimeRuleAlertBinding" => """{"rules":[]}""",
            "RuleException" => """{"ruleIds":["R0001"],"reason":"r"}""",
            "KnownServer" => "[]",
            _ => "{}",
        };
        Answer created = await fixture.SendAsync("POST", collection + "?fieldValidation=Strict", $$$"""{"apiVersion":"{{{version}}}","kind":"{{{kind}}}","metadata":{"name":"one"},"spec":{{{spec}}}}""");
        Assert.True(created.Code == 201, $"{kind}: {created.Text}");
        Assert.Equal(kind, (string?)(await fixture.SendAsync("GET", collection + "/one")).Json!["kind"]);
        Answer table = await fixture.SendAsync("GET", collection, accept: TableType);
        Assert.Equal("one", (string?)table.Json!["rows"]![0]!["cells"]![0]);
        Assert.Equal(hasStatus ? 200 : 404, (await fixture.SendAsync("GET", collection + "/one/status")).Code);
        Assert.Equal(200, (await fixture.SendAsync("DELETE", collection + "/one")).Code);
    }
}

public sealed class SqliteKindTests() : KindTests(new SqliteEngine());

public sealed class PostgresKindTests(PostgresCluster cluster) : KindTests(new PostgresEngine(cluster));
