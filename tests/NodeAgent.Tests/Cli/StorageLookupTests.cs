// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cli;
using NodeAgent.Export.Storage;
using NodeAgent.Storage;

namespace NodeAgent.Tests.Cli;

/// <summary>Against the real storage server.</summary>
public sealed class StorageLookupTests : IAsyncLifetime
{
    private const string Resource = "containerprofiles";
    private readonly ScratchFolder _scratch = new();
    private StorageServer? _server;
    private StorageConnection? _connection;
    private StorageClient? _client;

    public async ValueTask InitializeAsync()
    {
        _server = await StorageServer.StartAsync(
            new StorageOptions { DataDirectory = _scratch.Path }, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        _connection = Kubeconfig.Load(_server.KubeconfigPath);
        _client = new StorageClient(_connection);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _connection?.Dispose();
        await _server!.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("deployment-web-nginx")]
    [InlineData("nginx")]
    [InlineData("Deployment/web")]
    [InlineData("deployment/WEB")]
    public async Task Find_OneIsMeant_IsFound(string name)
    {
        await StoreAsync("deployment-web-nginx", "Deployment", "web", "nginx");
        await StoreAsync("daemonset-log-fluent", "DaemonSet", "log", "fluent");

        Assert.Equal("deployment-web-nginx", (await FindAsync(name)).Name);
    }

    [Fact]
    public async Task Find_NameOfOneObjectAndWorkloadOfAnother_TheNameWins()
    {
        await StoreAsync("web", "Pod", "other", "c");
        await StoreAsync("deployment-web-nginx", "Deployment", "web", "nginx");

        Assert.Equal("web", (await FindAsync("web")).Name);
    }

    [Fact]
    public async Task Find_WorkloadOfTwoContainers_NamesBoth()
    {
        await StoreAsync("web-a", "Deployment", "web", "a");
        await StoreAsync("web-b", "Deployment", "web", "b");

        CommandException e = await Assert.ThrowsAsync<CommandException>(() => FindAsync("web"));

        Assert.Equal("'web' means 2 containerprofiles: web-a, web-b", e.Message);
    }

    [Fact]
    public async Task Find_ManyMeant_NamesFiveAndSaysThereAreMore()
    {
        for (int i = 0; i < 7; i++)
        {
            await StoreAsync($"web-{i}", "Deployment", "web", $"c{i}");
        }

        CommandException e = await Assert.ThrowsAsync<CommandException>(() => FindAsync("deployment/web"));

        Assert.Equal("'deployment/web' means 7 containerprofiles: web-0, web-1, web-2, web-3, web-4, …", e.Message);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("statefulset/web")]
    [InlineData("../../configmaps/x")]
    [InlineData("we")]
    public async Task Find_NothingMeant_SaysSo(string name)
    {
        await StoreAsync("deployment-web-nginx", "Deployment", "web", "nginx");

        CommandException e = await Assert.ThrowsAsync<CommandException>(() => FindAsync(name));

        Assert.Equal($"no containerprofiles for '{name}' in namespace default", e.Message);
    }

    private Task<ApiObject> FindAsync(string name) =>
        StorageLookup.FindAsync(_client!, Resource, "default", name, TestContext.Current.CancellationToken);

    private Task StoreAsync(string name, string kind, string workload, string container) => _client!.ApplyAsync(
        new ApiObject(Resource, "default", name, Encoding.UTF8.GetBytes(
            $$"""
            {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ContainerProfile","metadata":{"name":"{{name}}","namespace":"default",
            "labels":{"kubescape.io/workload-kind":"{{kind}}","kubescape.io/workload-name":"{{workload}}","kubescape.io/workload-container-name":"{{container}}"} },"spec":{} }
            """)),
        TestContext.Current.CancellationToken);
}
