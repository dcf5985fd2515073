// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Storage;
using NodeAgent.HostScanning;
using NodeAgent.Tests.Agent;
using NodeAgent.Tests.Cluster;
using NodeAgent.Tests.Pipeline;

namespace NodeAgent.Tests.HostScanning;

public sealed class HostScanTaskTests : IDisposable
{
    private const string Kernels = "kernelversions.v1beta1.hostdata.kubescape.cloud";
    private const string Scans = "workloadconfigurationscans.v1beta1.spdx.softwarecomposition.kubescape.io";
    private const string Check = """
        id: own
        name: Own
        checks:
          - id: OWN-1
            title: The kernel is new
            rationale: Old ones have holes.
            severity: high
            pass: kernel.content == "new"
            evidence:
              - found: kernel.content
                wanted: new
            remediation: Install it.
        """;

    private readonly ScannedHost _host = new();
    private readonly ScratchFolder _data = new();

    public void Dispose()
    {
        _host.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Scan_Documents_AreWrittenOnceAndAgainWhenTheyChange()
    {
        await using var server = new EmbeddedServer(_data.Path);
        await server.StartAsync();
        using StorageConnection connection = server.Connect();
        using var client = new StorageClient(connection);
        JsonNode first;
        await using (HostScanTask task = _host.File("version", "6.1").Check(Check).Start(server.Connect()))
        {
            first = await ReadAsync(client, Kernels, string.Empty, "node-1", _ => true);
            await ManyScansAsync();
            Assert.Equal(first.ToJsonString(), (await ReadAsync(client, Kernels, string.Empty, "node-1", _ => true)).ToJsonString());
        }

        Assert.Equal(("6.1", "Node-1"), ((string?)first["spec"]!["content"], (string?)first["spec"]!["nodeName"]));
        Assert.True(DateTimeOffset.TryParse((string?)first["status"]!["lastSensed"], CultureInfo.InvariantCulture, out _));
        Assert.Null(first["status"]!["error"]);

        // A later agent finds what the one before wrote.
        await using (HostScanTask task = _host.Start(server.Connect()))
        {
            await ManyScansAsync();
            Assert.Equal(first.ToJsonString(), (await ReadAsync(client, Kernels, string.Empty, "node-1", _ => true)).ToJsonString());
            _host.File("version", "6.2");
            JsonNode changed = await ReadAsync(client, Kernels, string.Empty, "node-1", json => (string?)json["spec"]!["content"] == "6.2");
            Assert.NotEqual((string?)first["metadata"]!["resourceVersion"], (string?)changed["metadata"]!["resourceVersion"]);
        }
    }

    // As when an agent is killed between the object and its status.
    [Fact]
    public async Task Scan_ObjectWithoutStatus_IsWrittenAgain()
    {
        await using var server = new EmbeddedServer(_data.Path);
        await server.StartAsync();
        using StorageConnection connection = server.Connect();
        using var client = new StorageClient(connection);
        await using (HostScanTask task = _host.File("version", "6.1").Start(server.Connect()))
        {
            await ReadAsync(client, Kernels, string.Empty, "node-1", _ => true);
        }

        JsonNode stored = JsonNode.Parse((await client.GetAsync(Kernels, string.Empty, "node-1", TestContext.Current.CancellationToken))!.Json.Span)!;
        stored.AsObject().Remove("status");
        await client.UpdateStatusAsync(new ApiObject(Kernels, string.Empty, "node-1", System.Text.Encoding.UTF8.GetBytes(stored.ToJsonString())), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("lastSensed", System.Text.Encoding.UTF8.GetString((await client.GetAsync(Kernels, string.Empty, "node-1", TestContext.Current.CancellationToken))!.Json.Span), StringComparison.Ordinal);
        await using (HostScanTask task = _host.Start(server.Connect()))
        {
            await ReadAsync(client, Kernels, string.Empty, "node-1", _ => true);
        }
    }

    [Fact]
    public async Task Scan_WhatCannotBeReadOrIsGone_IsSaidByTheStatusOrTheObjectIsGone()
    {
        await using var server = new EmbeddedServer(_data.Path);
        await server.StartAsync();
        using StorageConnection connection = server.Connect();
        using var client = new StorageClient(connection);
        await using HostScanTask task = _host.File("version", "6.1").File("problem", "half of it").Start(server.Connect());
        JsonNode partial = await ReadAsync(client, Kernels, string.Empty, "node-1", json => (string?)json["status"]?["error"] == "half of it");
        Assert.Equal("6.1", (string?)partial["spec"]!["content"]);

        _host.File("problem", null);
        await ReadAsync(client, Kernels, string.Empty, "node-1", json => json["status"] is { } status && status["error"] is null);
        _host.File("version", null);
        await Eventually.GetAsync(
            async () => await client.GetAsync(Kernels, string.Empty, "node-1", TestContext.Current.CancellationToken) is null ? "gone" : null, () => $"the object gone: {_host.Messages}");
        _host.File("problem", "nothing at all");
        await ReadAsync(client, Kernels, string.Empty, "node-1", json => (string?)json["status"]?["error"] == "nothing at all" && json["spec"] is null);
    }

    [Fact]
    public async Task Scan_Results_AreAnObjectOfTheNode()
    {
        await using var server = new EmbeddedServer(_data.Path);
        await server.StartAsync();
        using StorageConnection connection = server.Connect();
        using var client = new StorageClient(connection);
        await using HostScanTask task = _host.File("version", "6.1").Check(Check).Start(server.Connect());

        JsonNode failed = await ReadAsync(client, Scans, "agents", "node-node-1", json => (string?)Control(json)["status"]!["status"] == "failed");
        Assert.Equal(("The kernel is new", "High", 7), ((string?)Control(failed)["name"], (string?)Control(failed)["severity"]!["severity"], (int)Control(failed)["severity"]!["scoreFactor"]!));
        Assert.Equal(("6.1", "new"), ((string?)Control(failed)["rules"]![0]!["paths"]![0]!["failedPath"], (string?)Control(failed)["rules"]![0]!["paths"]![0]!["fixPathValue"]));
        Assert.Equal("Node", (string?)failed["metadata"]!["labels"]!["kubescape.io/workload-kind"]);
        JsonNode summary = await ReadAsync(client, Scans.Replace("scans.", "scansummaries.", StringComparison.Ordinal), "agents", "node-node-1", _ => true);
        Assert.Equal(1, (int)summary["spec"]!["severities"]!["high"]!);

        _host.File("version", "new");
        await ReadAsync(client, Scans, "agents", "node-node-1", json => (string?)Control(json)["status"]!["status"] == "passed");

        // Files of checks are read again, and a wrong one is said once.
        _host.Check(Check.Replace("== \"new\"", "== nosuch", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => _host.Messages.Contains("own.yaml:8: OWN-1: pass, 1:", StringComparison.Ordinal), _host.Messages);
    }

    [Fact]
    public async Task Scan_StorageAway_GoesOnAndStoresLater()
    {
        await using var server = new EmbeddedServer(_data.Path);
        await server.StartAsync();
        using StorageConnection connection = server.Connect();
        await server.DisposeAsync();
        await using HostScanTask task = _host.File("version", "6.1").File("ports", ScannedHost.Port(22)).Start(server.Connect());
        using var failures = new MetricSum("node_agent_host_write_failures_total");
        await Eventually.TrueAsync(() => failures.Read() > 0, "failed writes counted");

        // Meanwhile changes are told.
        await ScannedAsync();
        _host.File("ports", $"{ScannedHost.Port(22)},{ScannedHost.Port(23)}");
        Assert.Equal("NA-H001", (await _host.NextAlertAsync()).RuleId);

        await server.StartAsync();
        using var client = new StorageClient(connection);
        await ReadAsync(client, Kernels, string.Empty, "node-1", json => (string?)json["spec"]!["content"] == "6.1");
    }

    [Fact]
    public async Task Scan_NewPort_IsAnAlertOfTheNodeWithItsProcess()
    {
        RuntimeAlert alert;
        await using (HostScanTask task = _host.File("ports", ScannedHost.Port(22)).Start())
        {
            await ScannedAsync();
            _host.File("ports", $"{ScannedHost.Port(22)},{ScannedHost.Port(4444, 4242, "/tmp/shell")}");
            alert = await _host.NextAlertAsync();
        }

        Assert.Equal(("NA-H001", "New listening port", "New listening port: tcp 0.0.0.0 4444 (/tmp/shell)"), (alert.RuleId, alert.AlertName, alert.Message));
        Assert.Equal(("Host", "node-1", "Node-1"), (alert.WorkloadKind, alert.WorkloadName, alert.NodeName));
        Assert.Equal((4242u, new string('a', 64), 4444), (alert.InfectedPid, alert.ContainerId, alert.Arguments.Port));
        Assert.Equal("/tmp/shell", alert.Arguments.ExePath);
        Assert.Matches("^[0-9a-f]{32}$", alert.Arguments.AlertId);
        Assert.False(_host.HasAlert);
    }

    [Fact]
    public async Task Scan_ChangeWhileNoAgentRan_IsToldByTheNext()
    {
        await using (HostScanTask task = _host.File("ports", ScannedHost.Port(22)).Start())
        {
            await ScannedAsync();
        }

        _host.File("ports", $"{ScannedHost.Port(22)},{ScannedHost.Port(23)}");
        byte[] before = await File.ReadAllBytesAsync(_host.Baseline, TestContext.Current.CancellationToken);
        RuntimeAlert alert;
        await using (HostScanTask task = _host.Start())
        {
            alert = await _host.NextAlertAsync();
            await ManyScansAsync();
            Assert.False(_host.HasAlert);
        }

        // As after a crash before the baseline was kept: the same alert, with the same id.
        await File.WriteAllBytesAsync(_host.Baseline, before, TestContext.Current.CancellationToken);
        await using (HostScanTask task = _host.Start())
        {
            Assert.Equal(alert.Arguments.AlertId, (await _host.NextAlertAsync()).Arguments.AlertId);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    public async Task Scan_BaselineThatIsDamaged_BeginsAnewAndSaysSo(int at)
    {
        await using (HostScanTask task = _host.File("ports", ScannedHost.Port(22)).Start())
        {
            await ScannedAsync();
        }

        byte[] bytes = await File.ReadAllBytesAsync(_host.Baseline, TestContext.Current.CancellationToken);
        bytes[at < 0 ? bytes.Length - 1 : at] ^= 0x20;
        await File.WriteAllBytesAsync(_host.Baseline, bytes, TestContext.Current.CancellationToken);
        _host.File("ports", ScannedHost.Port(23));
        await using (HostScanTask task = _host.Start())
        {
            await ManyScansAsync();
        }

        Assert.False(_host.HasAlert);
        Assert.Contains("does not hold what the host was like", _host.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_RootThatIsNotThere_IsSaidAndTriedAgain()
    {
        using var failed = new MetricSum("node_agent_host_scans_failed_total");
        await using var task = new HostScanTask(_host.Options with { Root = "/nonexistent" }, null, _host.Alerts, _host, TimeProvider.System);

        await Eventually.TrueAsync(() => failed.Read() > 1, "failed scans counted");
        Assert.Contains("The host scan failed", _host.Messages, StringComparison.Ordinal);
    }

    private static JsonNode Control(JsonNode scan) => scan["spec"]!["controls"]!["OWN-1"]!;

    private Task<JsonNode> ReadAsync(StorageClient client, string resource, string objectNamespace, string name, Func<JsonNode, bool> condition)
    {
        JsonNode? last = null;
        return Eventually.GetAsync(
            async () =>
            {
                ApiObject? found = await client.GetAsync(resource, objectNamespace, name, TestContext.Current.CancellationToken);
                last = found is null ? null : JsonNode.Parse(found.Json.Span);
                return last is not null && last["status"]?["lastSensed"] is not null == resource.StartsWith("kernel", StringComparison.Ordinal) && condition(last) ? last : null;
            },
            () => $"{resource} {name}: {last}\n{_host.Messages}");
    }

    // The first scan is through when what it saw is kept.
    private Task ScannedAsync() => Eventually.TrueAsync(() => File.Exists(_host.Baseline), $"a first scan: {_host.Messages}");

    private static async Task ManyScansAsync()
    {
        using var scans = new MetricSum("node_agent_host_scans_total");
        double before = scans.Read();
        await Eventually.TrueAsync(() => scans.Read() >= before + 4, "four scans");
    }
}
