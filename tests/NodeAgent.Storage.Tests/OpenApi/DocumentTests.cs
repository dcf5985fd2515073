// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.OpenApi;

/// <summary>Discovery and OpenAPI: complete, without loose ends, shaped as recorded.</summary>
public abstract class DocumentTests(TestEngine engine)
{
    [Theory]
    [InlineData("/openapi/v2")]
    [InlineData("/openapi/v3/apis/spdx.softwarecomposition.kubescape.io/v1beta1")]
    [InlineData("/openapi/v3/apis/hostdata.kubescape.cloud/v1beta1")]
    [InlineData("/openapi/v3/apis/kubescape.io/v1")]
    [InlineData("/openapi/v3/api/v1")]
    public async Task OpenApi_EveryReference_Resolves(string path)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode document = (await fixture.SendAsync("GET", path)).Json!;
        string[] references = [.. References(document).Distinct()];

        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(reference[2..].Split('/').Aggregate(document, (node, token) => node[token] ?? throw new KeyNotFoundException(reference))));
    }

    [Fact]
    public async Task OpenApi_SettingOfAHost_MayHaveAnyValue()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode document = (await fixture.SendAsync("GET", "/openapi/v3/apis/hostdata.kubescape.cloud/v1beta1")).Json!;

        Assert.Null(document["components"]!["schemas"]!["cloud.kubescape.hostdata.v1beta1.HostSetting"]!["properties"]!["value"]!["type"]);
    }

    [Fact]
    public async Task OpenApi_IndexAndKinds_AreWhatKubectlLooksFor()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode index = (await fixture.SendAsync("GET", "/openapi/v3")).Json!;
        string url = (string)index["paths"]!["apis/" + ServerFixture.ApiVersion]!["serverRelativeURL"]!;
        JsonNode document = (await fixture.SendAsync("GET", url)).Json!;
        JsonNode patch = document["paths"]![ServerFixture.Root + "/namespaces/{namespace}/containerprofiles/{name}"]!["patch"]!;

        Assert.Contains("fieldValidation", patch["parameters"]!.AsArray().Select(parameter => (string)parameter!["name"]!));
        Assert.Equal("ContainerProfile", (string?)patch["x-kubernetes-group-version-kind"]!["kind"]);
        Assert.Equal(["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"], patch["requestBody"]!["content"]!.AsObject().Select(type => type.Key));
        JsonNode schema = document["components"]!["schemas"]!["io.kubescape.softwarecomposition.spdx.v1beta1.ExecCalls"]!["properties"]!;
        Assert.Equal(["path", "args", "envs", "argsRequired"], schema.AsObject().Select(property => property.Key));
        Assert.Equal(406, (await fixture.SendAsync("GET", "/openapi/v2", accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")).Code);
        Assert.Equal(404, (await fixture.SendAsync("GET", "/openapi/v3/apis/nope/v1")).Code);
    }

    [Fact]
    public async Task OpenApi_Metadata_HasTheRecordedMembers()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode ours = (await fixture.SendAsync("GET", "/openapi/v3/apis/" + ServerFixture.ApiVersion)).Json!;
        JsonNode theirs = Recording.Load("crd-openapi-v3").Body!;
        foreach (string type in (string[])["ObjectMeta", "ManagedFieldsEntry", "OwnerReference", "DeleteOptions", "Preconditions", "ListMeta", "Status", "StatusDetails", "StatusCause"])
        {
            Assert.Equal(Members(theirs, type).Except(["selfLink", "ignoreStoreReadErrorWithClusterBreakingPotential"]), Members(ours, type));
        }

        JsonNode metadata = ours["components"]!["schemas"]!["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]!["properties"]!;
        Assert.Equal("map", (string?)metadata["ownerReferences"]!["x-kubernetes-list-type"]);
        Assert.Equal("set", (string?)metadata["finalizers"]!["x-kubernetes-list-type"]);
        Assert.All(metadata.AsObject(), member => Assert.NotNull(member.Value!["description"]));

        static IEnumerable<string> Members(JsonNode document, string type) =>
            document["components"]!["schemas"]!["io.k8s.apimachinery.pkg.apis.meta.v1." + type]!["properties"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task OpenApi_Status_HasTheRecordedOperations()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode ours = (await fixture.SendAsync("GET", "/openapi/v3/apis/" + ServerFixture.ApiVersion)).Json!["paths"]!;
        JsonNode theirs = Recording.Load("crd-openapi-v3").Body!["paths"]!["/apis/example.org/v1/namespaces/{namespace}/widgets/{name}/status"]!;

        Assert.Equal(
            theirs.AsObject().Select(operation => operation.Key).Order(StringComparer.Ordinal),
            ours[ServerFixture.Root + "/namespaces/{namespace}/sbomsyfts/{name}/status"]!.AsObject().Select(operation => operation.Key).Order(StringComparer.Ordinal));
        Assert.Null(ours[ServerFixture.Root + "/namespaces/{namespace}/containerprofiles/{name}/status"]);
    }

    [Theory]
    [InlineData("discovery-api", "/api")]
    [InlineData("discovery-apis", "/apis")]
    [InlineData("discovery-apps-v1", "/apis/spdx.softwarecomposition.kubescape.io/v1beta1")]
    [InlineData("version", "/version")]
    public async Task Discovery_Plain_HasTheRecordedShape(string recording, string path)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Recording recorded = Recording.Load(recording);
        Answer answer = await fixture.SendAsync("GET", path);

        Assert.Equal(recorded.Code, answer.Code);
        AssertSameShape(recorded.Body!, answer.Json!, path);
    }

    [Fact]
    public async Task Discovery_Aggregated_ListsEveryResource()
    {
        const string Accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer groups = await fixture.SendAsync("GET", "/apis", accept: Accept);
        Answer core = await fixture.SendAsync("GET", "/api", accept: Accept);

        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", groups.Response.Content.Headers.ContentType!.ToString().Replace(" ", string.Empty, StringComparison.Ordinal));
        JsonArray resources = groups.Json!["items"]![0]!["versions"]![0]!["resources"]!.AsArray();
        Assert.Equal(
            [
                "applicationprofiles", "collapseconfigurations", "configurationscansummaries", "containerprofiles", "generatednetworkpolicies", "knownservers",
                "networkneighborhoods", "openvulnerabilityexchangecontainers", "sbomsyftfiltereds", "sbomsyfts", "seccompprofiles", "vulnerabilitymanifests",
                "vulnerabilitymanifestsummaries", "vulnerabilitysummaries", "workloadconfigurationscans", "workloadconfigurationscansummaries",
            ],
            resources.Select(resource => (string?)resource!["resource"]));
        Assert.Equal(
            """[{"subresource":"status","responseKind":{"group":"spdx.softwarecomposition.kubescape.io","version":"v1beta1","kind":"SBOMSyft"},"verbs":["get","patch","update"]}]""",
            resources.Single(resource => (string?)resource!["resource"] == "sbomsyfts")!["subresources"]!.ToJsonString());
        Assert.Equal("namespaces", (string?)core.Json!["items"]![0]!["versions"]![0]!["resources"]![0]!["resource"]);
        Assert.Equal(406, (await fixture.SendAsync("GET", "/apis", accept: "application/vnd.kubernetes.protobuf")).Code);
    }

    [Fact]
    public async Task Discovery_UnknownResourceOfOurGroup_IsAStatus()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("GET", ServerFixture.Root + "/namespaces/store/nonsense");

        Assert.Equal((404, "NotFound"), (answer.Code, (string?)answer.Json!["reason"]));
    }

    // Same members; of lists the first entry. Optional ones (shortNames, storageVersionHash …) may differ between kinds.
    private static void AssertSameShape(JsonNode recorded, JsonNode ours, string path)
    {
        string[] optional = ["shortNames", "categories", "storageVersionHash"];
        if (recorded is JsonObject members)
        {
            Assert.Equal(members.Select(member => member.Key).Except(optional), ours.AsObject().Select(member => member.Key).Except(optional));
            foreach ((string name, JsonNode? value) in members.Where(member => member.Value is not null && !optional.Contains(member.Key)))
            {
                AssertSameShape(value!, ours[name]!, $"{path}.{name}");
            }
        }
        else if (recorded is JsonArray { Count: > 0 } items && items[0] is JsonObject)
        {
            AssertSameShape(items[0]!, ours.AsArray()[0]!, path + "[0]");
        }
        else
        {
            Assert.Equal(recorded.GetValueKind(), ours.GetValueKind());
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [(string)member.Value!] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}

public sealed class SqliteDocumentTests() : DocumentTests(new SqliteEngine());

public sealed class PostgresDocumentTests(PostgresCluster cluster) : DocumentTests(new PostgresEngine(cluster));
