// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Pipeline;
using NodeAgent.Storage;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.Cli;

/// <summary>Nodes with pods of one workload report to one storage: a person sees what all of them saw.</summary>
[Trait("Level", "Integration")]
public sealed class DriftOfNodesTests : IAsyncLifetime
{
    private const string Profile = "replicaset-web-77b4-nginx-1a2b-3c4d";

    private readonly ScratchFolder _scratch = new();
    private StorageServer? _server;
    private StorageConnection? _connection;
    private StorageClient? _client;

    public async ValueTask InitializeAsync()
    {
        AgentProgram.SkipUnlessBuilt();
        _server = await StorageServer.StartAsync(
            new StorageOptions { DataDirectory = _scratch.Path }, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        _connection = Kubeconfig.Load(_server.KubeconfigPath);
        _client = new StorageClient(_connection);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _connection?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _scratch.Dispose();
    }

    [Fact]
    public async Task Diff_DriftsOfTwoNodes_ShowsBothUntilTheyAreAccepted()
    {
        await StoreAsync(ContainerProfile.Plural, Profile, new ContainerProfile { Metadata = Metadata(Profile, []) }, ApiJsonContext.Readable.ContainerProfile);
        foreach ((string profile, string node, string program) in ((string, string, string)[])[(Profile, "one", "/bin/first"), (Profile, "two", "/bin/second"), ("another", "one", "/bin/anothers")])
        {
            string name = ProfileDrift.NameOf(profile, node);
            var drift = new ProfileDrift
            {
                Metadata = Metadata(name, new() { [KubescapeAnnotations.Profile] = profile, [KubescapeAnnotations.Node] = node }),
                Spec = new ContainerProfileSpec { Execs = [new ExecCalls { Path = program, Args = [program] }] },
            };
            await StoreAsync(DriftExport.Resource, name, drift, ApiJsonContext.Readable.ProfileDrift);
        }

        ShellResult diff = await RunAsync("diff");
        Assert.Equal(1, diff.ExitCode);
        Assert.Contains("does not hold 2 things that its container did on one, two:", diff.Output, StringComparison.Ordinal);
        Assert.Contains("/bin/first", diff.Output, StringComparison.Ordinal);
        Assert.Contains("/bin/second", diff.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/bin/anothers", diff.Output, StringComparison.Ordinal);

        ShellResult accepted = await RunAsync("accept");
        Assert.True(accepted.ExitCode == 0, accepted.All);
        Assert.Equal(0, (await RunAsync("diff")).ExitCode);
    }

    private Task<ShellResult> RunAsync(string what) => AgentProgram.RunAsync("profile", what, Profile, "-n", "shop", "--data-dir", _scratch.Path);

    private Task StoreAsync<T>(string resource, string name, T item, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        _client!.ApplyAsync(new ApiObject(resource, "shop", name, JsonSerializer.SerializeToUtf8Bytes(item, type)), TestContext.Current.CancellationToken);

    private static ObjectMeta Metadata(string name, Dictionary<string, string> annotations)
    {
        annotations[KubescapeAnnotations.WorkloadSlug] = "replicaset-web-77b4";
        annotations[KubescapeAnnotations.InstanceId] = "apiVersion-apps/v1/namespace-shop/kind-ReplicaSet/name-web-77b4/containerName-nginx";
        return new ObjectMeta
        {
            Name = name,
            Namespace = "shop",
            Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = "Deployment", [KubescapeLabels.Name] = "web", [KubescapeLabels.ContainerName] = "nginx" },
            Annotations = annotations,
        };
    }
}
