// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Chart.Tests.Storage;

namespace NodeAgent.Chart.Tests.Releases;

/// <summary>What the real helm does with a release over its life: the certificate that stays, its renewal, and the order in which all goes.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly string[] Apis = ["apiservices/v1alpha1.node-agent.io", "apiservices/v1beta1.hostdata.kubescape.cloud", "apiservices/v1beta1.spdx.softwarecomposition.kubescape.io"];

    private readonly ObjectServer _cluster = new();
    private readonly string _kubeconfig = Path.GetTempFileName();

    public ReleaseTests() => File.WriteAllText(_kubeconfig, $$"""
        apiVersion: v1
        kind: Config
        clusters: [{name: a, cluster: {server: "{{_cluster.Address}}"} }]
        users: [{name: a, user: {} }]
        contexts: [{name: a, context: {cluster: a, user: a} }]
        current-context: a
        """);

    public void Dispose()
    {
        _cluster.Dispose();
        File.Delete(_kubeconfig);
    }

    [Fact]
    public async Task Upgrade_CertificateNotDue_StaysWithAllThatTrustIt()
    {
        await HelmAsync("install");
        (string certificate, string key, string bundle) = Trust();

        await HelmAsync("upgrade", "--set", "storage.config.logLevel=Debug");

        Assert.Equal((certificate, key, bundle), Trust());
        Assert.Contains("Debug", (string?)_cluster.Get("configmaps", Shapes.Name)["data"]!["config.yaml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_CertificateDue_IsAnotherAndBothAreTrusted()
    {
        await HelmAsync("install");
        (string former, _, string formerBundle) = Trust();
        _cluster.Get("secrets", $"{Shapes.Name}-tls")["metadata"]!["annotations"]!["node-agent.io/renew-at"] = "1000000000";

        await HelmAsync("upgrade");
        (string certificate, _, string bundle) = Trust();
        X509Certificate2Collection trusted = StorageCertificateTests.Certificates(bundle);

        Assert.NotEqual(former, certificate);
        Assert.Equal(2, trusted.Count);
        using X509Certificate2 before = X509Certificate2.CreateFromPem(former);
        using X509Certificate2 after = X509Certificate2.CreateFromPem(certificate);
        Assert.True(StorageCertificateTests.IsTrusted(before, trusted), "the pods go on with the former certificate for a while");
        Assert.True(StorageCertificateTests.IsTrusted(after, trusted));
        Assert.False(StorageCertificateTests.IsTrusted(after, StorageCertificateTests.Certificates(formerBundle)));

        await HelmAsync("upgrade");
        Assert.Equal((certificate, bundle), (Trust().Certificate, Trust().Bundle));
    }

    [Fact]
    public async Task Upgrade_OtherNames_MakesACertificateForThem()
    {
        await HelmAsync("install");
        (string former, _, _) = Trust();

        await HelmAsync("upgrade", "--set", "storage.tls.clusterDomain=corp.example");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(Trust().Certificate);

        Assert.NotEqual(former, Trust().Certificate);
        Assert.True(certificate.MatchesHostname($"{Shapes.Host}.corp.example"));
    }

    [Fact]
    public async Task Uninstall_ApiGroupsGoBeforeWhatServesThem_TheVolumeStays()
    {
        await HelmAsync("install");
        IReadOnlyList<string> installed = _cluster.Present;
        Assert.Subset(installed.ToHashSet(), Apis.ToHashSet());

        await HelmAsync("uninstall");
        string[] deleted = [.. _cluster.Deleted.Where(name => !name.Contains("sh.helm.release", StringComparison.Ordinal))];

        Assert.Equal(Apis, deleted.Take(Apis.Length).Order(StringComparer.Ordinal));
        Assert.Equal([$"persistentvolumeclaims/{Shapes.Name}"], _cluster.Present);
        Assert.Equal(installed.Except(_cluster.Present).Order(StringComparer.Ordinal), deleted.Order(StringComparer.Ordinal));

        // The next release of the name takes the volume up again.
        await HelmAsync("install");
        Assert.Equal(installed, _cluster.Present);
    }

    [Fact]
    public async Task Uninstall_VolumeNotToBeKept_LeavesNothing()
    {
        await HelmAsync("install", "--set", "storage.sqlite.retain=false");
        await HelmAsync("uninstall");

        Assert.Empty(_cluster.Present);
    }

    [Fact]
    public async Task Upgrade_StorageSwitchedOff_TakesTheApiGroupsAway()
    {
        await HelmAsync("install");
        await HelmAsync("upgrade", "--set", "storage.enabled=false");

        Assert.Subset(_cluster.Deleted.ToHashSet(), Apis.ToHashSet());
        Assert.DoesNotContain(_cluster.Present, name => name.StartsWith("apiservices/", StringComparison.Ordinal));
    }

    private (string Certificate, string Key, string Bundle) Trust()
    {
        JsonNode data = _cluster.Get("secrets", $"{Shapes.Name}-tls")["data"]!;
        string Text(string key) => Encoding.ASCII.GetString(Convert.FromBase64String((string)data[key]!));
        string bundle = Text("ca.crt");
        Assert.Equal(bundle.Trim(), ((string)_cluster.Get("configmaps", $"{Shapes.Name}-access")["data"]!["ca.crt"]!).Trim());
        Assert.All(Apis, api => Assert.Equal((string)data["ca.crt"]!, (string?)_cluster.Get("apiservices", api.Split('/')[1])["spec"]!["caBundle"]));
        return (Text("tls.crt"), Text("tls.key"), bundle);
    }

    private async Task HelmAsync(string command, params string[] arguments)
    {
        string[] chart = command == "uninstall" ? [] : [Helm.Chart, .. Shapes.Sqlite, "--disable-openapi-validation", "--skip-crds"];
        ProgramResult result = await Helm.CommandAsync([command, "test", .. chart, "--namespace", Shapes.Space, "--kubeconfig", _kubeconfig, .. arguments]);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }
}
