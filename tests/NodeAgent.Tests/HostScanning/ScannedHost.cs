// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.Export.Storage;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScanning;

namespace NodeAgent.Tests.HostScanning;

/// <summary>A host of a few files whose sensors tell what its files <c>/ports</c>, <c>/version</c> hold, and what scans of it lead to.</summary>
internal sealed class ScannedHost : IDisposable, ILogger
{
    private readonly ScratchFolder _folder = new();
    private readonly Channel<RuntimeAlerts> _alerts = Channel.CreateUnbounded<RuntimeAlerts>();
    private readonly ConcurrentQueue<string> _log = [];

    public ScannedHost() => Directory.CreateDirectory(_folder["root/proc/sys"]);

    public string Messages => string.Join('\n', _log);

    public string Baseline => _folder["data/host-baseline"];

    public ChannelWriter<RuntimeAlerts> Alerts => _alerts.Writer;

    public HostScanOptions Options => new()
    {
        NodeName = "Node-1",
        ClusterName = "c",
        Root = _folder["root"],
        InitialDelay = TimeSpan.Zero,
        Interval = TimeSpan.FromMilliseconds(250),
        ObjectNamespace = "agents",
        BaselineFile = Baseline,
        Checks = _folder["checks"],
        Sensors = [new Ports(), new Kernel()],
    };

    /// <param name="content">Null = it is not there.</param>
    public ScannedHost File(string name, string? content)
    {
        if (content is null)
        {
            System.IO.File.Delete(_folder["root/" + name]);
        }
        else
        {
            // Renamed, as a scan may be at it just now.
            _folder.Write("root/" + name + ".new", content);
            System.IO.File.Move(_folder["root/" + name + ".new"], _folder["root/" + name], overwrite: true);
        }

        return this;
    }

    public ScannedHost Check(string text)
    {
        _folder.Write("checks/own.yaml", text);
        return this;
    }

    public HostScanTask Start(StorageConnection? storage = null) => new(Options, storage, _alerts.Writer, this, TimeProvider.System);

    public async Task<RuntimeAlert> NextAlertAsync() =>
        (await _alerts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Spec.Alerts[0];

    public bool HasAlert => _alerts.Reader.TryPeek(out _);

    public static string Port(int port, int pid = 7, string executable = "/usr/sbin/x") =>
        $$"""{"transport":"tcp","localAddress":"0.0.0.0","localPort":{{port}},"processes":[{"pid":{{pid}},"name":"x","executable":"{{executable}}","containerId":"{{new string('a', 64)}}"}]}""";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _log.Enqueue(formatter(state, exception));

    public void Dispose() => _folder.Dispose();

    private sealed class Ports() : HostSensor<JsonObject>((JsonTypeInfo<JsonObject>)JsonSerializerOptions.Default.GetTypeInfo(typeof(JsonObject)))
    {
        public override string Kind => "OpenPortsList";

        public override string Variable => "ports";

        protected override JsonObject? Read(SensorRun run) =>
            run.Read("/ports") is { IsRead: true } ports ? new JsonObject { ["tcpPorts"] = JsonNode.Parse($"[{ports.Text}]") } : null;
    }

    private sealed class Kernel() : HostSensor<KernelVersionSpec>(HostDataJsonContext.Readable.KernelVersionSpec)
    {
        public override string Kind => "KernelVersion";

        public override string Variable => "kernel";

        protected override KernelVersionSpec? Read(SensorRun run)
        {
            if (run.Read("/problem") is { IsRead: true } problem)
            {
                run.Problem(problem.Text);
            }

            return run.Read("/version") is { IsRead: true } version ? new KernelVersionSpec { Content = version.Text, NodeName = run.NodeName } : null;
        }
    }
}
