// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests;

public sealed class StorageServerTests
{
    [Fact]
    public async Task Start_AgainOnTheSameDirectory_KeepsObjectsTokenAndAuthority()
    {
        using var directory = new TemporaryDirectory();
        var options = new StorageOptions { DataDirectory = directory.Path };
        string token;
        await using (StorageServer first = await StartAsync(options))
        {
            token = first.Token;
            using HttpClient client = first.CreateClient();
            using var content = new StringContent(ServerFixture.Profile("kept"), Encoding.UTF8, "application/json");
            (await client.PostAsync(ServerFixture.Collection, content)).EnsureSuccessStatusCode();
        }

        await using StorageServer second = await StartAsync(options);
        using HttpClient again = second.CreateClient();
        Assert.Equal(token, second.Token);
        (await again.GetAsync($"{ServerFixture.Collection}/kept")).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Start_SecondOnTheDirectory_FailsClearlyAndTheFirstGoesOn()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        var options = new StorageOptions { DataDirectory = fixture.Directory };

        Assert.Contains("another process uses", (await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync(options))).Message, StringComparison.Ordinal);
        await fixture.CreateAsync("still");
    }

    [Fact]
    public async Task Start_PortInUse_FailsAndLeavesTheDirectoryFree()
    {
        using var directory = new TemporaryDirectory();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await Assert.ThrowsAsync<IOException>(() => StartAsync(new StorageOptions { DataDirectory = directory.Path, ListenAddress = taken.LocalEndpoint.ToString()! }));

        await using StorageServer server = await StartAsync(new StorageOptions { DataDirectory = directory.Path });
        Assert.NotEqual(0, server.Address.Port);
    }

    [Theory]
    [InlineData("nonsense", "Storage:ListenAddress")]
    [InlineData("", "Storage:ListenAddress")]
    public async Task Start_WrongOption_NamesItsKey(string address, string key)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(new StorageOptions { ListenAddress = address }));

        Assert.StartsWith(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryKind_AsOurCodeWritesIt_PassesStrictValidation()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        var meta = new ObjectMeta { Name = "a", Finalizers = null, Labels = new Dictionary<string, string> { ["a"] = "b" } };
        (string Path, string Body)[] objects =
        [
            ("/namespaces/store/containerprofiles", JsonSerializer.Serialize(new ContainerProfile { Metadata = meta, Spec = new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/⋯", ArgsRequired = true }], Endpoints = [new HttpEndpoint { Endpoint = ":80/", Headers = JsonElement.Parse("""{"Host":["x"]}""") }] } }, ApiJsonContext.Readable.ContainerProfile)),
            ("/namespaces/store/applicationprofiles", JsonSerializer.Serialize(new ApplicationProfile { Metadata = meta, Spec = new ApplicationProfileSpec { Containers = [new ApplicationProfileContainer { Name = "c" }] } }, ApiJsonContext.Readable.ApplicationProfile)),
            ("/namespaces/store/networkneighborhoods", JsonSerializer.Serialize(new NetworkNeighborhood { Metadata = meta, Spec = new NetworkNeighborhoodSpec { Containers = [new NetworkNeighborhoodContainer { Name = "c", Egress = [new NetworkNeighbor { Identifier = "i", Ports = [new NetworkPort { Port = 1 }] }] }] } }, ApiJsonContext.Readable.NetworkNeighborhood)),
            ("/collapseconfigurations", JsonSerializer.Serialize(new CollapseConfiguration { Metadata = meta, Spec = new CollapseConfigurationSpec { OpenDynamicThreshold = 50, NetworkIpGroupThreshold = 3, NetworkCidrFloorBits = 24, CollapseConfigs = [new CollapseConfigurationEntry { Prefix = "/etc", Threshold = 100 }] } }, ApiJsonContext.Readable.CollapseConfiguration)),
            ("/knownservers", JsonSerializer.Serialize(new KnownServer { Metadata = meta, Spec = [new KnownServerEntry { Name = "n" }] }, ApiJsonContext.Readable.KnownServer)),
        ];
        foreach ((string path, string body) in objects)
        {
            Answer answer = await fixture.SendAsync("POST", ServerFixture.Root + path + "?fieldValidation=Strict", body);
            Assert.True(answer.Code == 201, answer.Text);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body)!["spec"], answer.Json!["spec"]), answer.Text);
        }

        Assert.Equal(["default", "store"], (await fixture.SendAsync("GET", "/api/v1/namespaces")).Json!["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]));
        Assert.Equal(404, (await fixture.SendAsync("GET", "/api/v1/namespaces/nope")).Code);
        Assert.Equal(405, (await fixture.SendAsync("DELETE", "/api/v1/namespaces/store")).Code);
    }

    [Fact]
    public async Task Metrics_AfterRequests_CountThem()
    {
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "NodeAgent.Storage")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(seen, instrument.Name, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(seen, instrument.Name, 1));
        listener.Start();
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        await fixture.CreateAsync("a");
        listener.RecordObservableInstruments();
        string[] wanted = ["node_agent_storage_writes_total", "node_agent_storage_commits_total", "node_agent_storage_commit_seconds", "node_agent_storage_revision", "node_agent_storage_database_bytes"];

        Assert.All(wanted, name => Assert.True(seen.GetValueOrDefault(name) >= 1, name));
        Assert.All(seen.Keys, name => Assert.StartsWith("node_agent_storage_", name, StringComparison.Ordinal));
    }

    private static void Add(Dictionary<string, double> seen, string name, double value)
    {
        lock (seen)
        {
            seen[name] = seen.GetValueOrDefault(name) + value;
        }
    }

    private static Task<StorageServer> StartAsync(StorageOptions options) =>
        StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
}
