// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>From the channel that rules write to, through spool and webhook, to a receiver on loopback; and what an outage costs. The receiver's memory counts too.</summary>
internal sealed class AlertDelivery(ScratchDirectory directory) : IAsyncDisposable
{
    private const int PerSecond = 100;
    private const int Steady = 2_000;
    private const int Outage = 10_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly ConcurrentDictionary<string, long> _received = new();
    private readonly int _port = FreePort();
    private WebApplication? _receiver;

    public async Task RunAsync(BenchTable table)
    {
        await StartReceiverAsync().ConfigureAwait(false);
        Channel<RuntimeAlerts> source = Channel.CreateUnbounded<RuntimeAlerts>();
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var dispatcher = new AlertDispatcher(
            source.Reader, [Webhook("hook", _port), Webhook("hanging", ((IPEndPoint)hanging.LocalEndpoint).Port)], NullLogger<AlertDispatcher>.Instance);
        await using (dispatcher.ConfigureAwait(false))
        {
            dispatcher.Start();
            await SendAsync(source.Writer, "warm", 200, perSecond: 500).ConfigureAwait(false);
            await ReceivedAsync(200).ConfigureAwait(false);
            Dictionary<string, long> raised = await SendAsync(source.Writer, "steady", Steady, PerSecond).ConfigureAwait(false);
            await ReceivedAsync(200 + Steady).ConfigureAwait(false);
            double[] latencies = [.. raised.Select(pair => Stopwatch.GetElapsedTime(pair.Value, _received[pair.Key]).TotalMilliseconds).Order()];
            table.Add($"raise to receipt at {PerSecond}/s, another sink hangs, p50", latencies[Steady / 2], "ms");
            table.Add($"raise to receipt at {PerSecond}/s, another sink hangs, p99", latencies[Steady * 99 / 100], "ms", most: 50);
            await OutageAsync(table, source.Writer, dispatcher).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await StopReceiverAsync().ConfigureAwait(false);

    private async Task OutageAsync(BenchTable table, ChannelWriter<RuntimeAlerts> source, AlertDispatcher dispatcher)
    {
        await StopReceiverAsync().ConfigureAwait(false);
        GC.Collect();
        double before = ProcStat.ResidentMegabytes(Environment.ProcessId);
        Dictionary<string, long> raised = await SendAsync(source, "outage", Outage, perSecond: 2_000).ConfigureAwait(false);
        double peak = ProcStat.ResidentMegabytes(Environment.ProcessId);
        long back = Stopwatch.GetTimestamp();
        await StartReceiverAsync().ConfigureAwait(false);
        while (!raised.Keys.All(_received.ContainsKey) && Stopwatch.GetElapsedTime(back) < Limit)
        {
            peak = Math.Max(peak, ProcStat.ResidentMegabytes(Environment.ProcessId));
            await Task.Delay(20).ConfigureAwait(false);
        }

        int missing = raised.Keys.Count(id => !_received.ContainsKey(id));
        SinkStatus status = dispatcher.Status[0];
        table.Add($"of {Outage} alerts of an outage, missing after it", missing, "", most: 0);
        table.Add("dropped or refused", status.Dropped + status.Failed, "", most: 0);
        table.Add("time until all had arrived", Stopwatch.GetElapsedTime(back).TotalSeconds, "s");
        table.Add("more memory, receiver included", peak - before, "MB", most: 64);
    }

    private AlertLane Webhook(string name, int port) => SinkFactory.Create(
        new SinkOptions
        {
            Name = name,
            Type = SinkType.Webhook,
            Format = "json",
            Webhook = new WebhookOptions { Wrapping = WebhookWrapping.Lines },
            Http = new HttpOptions { Url = new Uri($"http://127.0.0.1:{port}/"), MaxBatch = 50 },
            Retry = new RetryOptions { Most = TimeSpan.FromSeconds(2) },
        },
        directory.File("alert-spool"),
        NullLoggerFactory.Instance,
        TimeProvider.System);

    private static async Task<Dictionary<string, long>> SendAsync(ChannelWriter<RuntimeAlerts> source, string name, int count, int perSecond)
    {
        var raised = new Dictionary<string, long>(count);
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; number < count; number++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)number / perSecond) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due).ConfigureAwait(false);
            }

            string id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            RuntimeAlerts alert = One(id);
            raised[id] = Stopwatch.GetTimestamp();
            source.TryWrite(alert);
        }

        return raised;
    }

    // About 2 KB as a line, as those of the default rules.
    private static RuntimeAlerts One(string id) => new()
    {
        Metadata = new AlertMetadata("web-5d8f", "shop"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts =
            [
                new RuntimeAlert
                {
                    AlertName = "Unexpected process launched",
                    Arguments = new AlertArguments { AlertId = id, Message = $"Unexpected process launched: /usr/bin/{id}", Exec = $"/usr/bin/{id}", Args = [$"/usr/bin/{id}", new string('a', 400)] },
                    Timestamp = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                    UniqueId = id,
                    RuleId = "R0001",
                    Severity = 5,
                    Message = $"Unexpected process launched: /usr/bin/{id}",
                    RuleDescription = new string('d', 200),
                    Identifiers = new AlertIdentifiers { Process = new AlertProcessIdentifier("x", new string('c', 400)) },
                },
            ],
            ProcessTree = new AlertProcessTree { Root = new AlertProcess { Pid = 1, Comm = "init", Cmdline = new string('i', 300) } },
        },
    };

    private async Task ReceivedAsync(int count)
    {
        long start = Stopwatch.GetTimestamp();
        while (_received.Count < count && Stopwatch.GetElapsedTime(start) < Limit)
        {
            await Task.Delay(5).ConfigureAwait(false);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartReceiverAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(100));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _receiver = builder.Build();
        _receiver.Run(TakeAsync);
        await _receiver.StartAsync().ConfigureAwait(false);
    }

    private async Task StopReceiverAsync()
    {
        if (_receiver is { } receiver)
        {
            _receiver = null;
            await receiver.StopAsync().ConfigureAwait(false);
            await receiver.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync().ConfigureAwait(false);
        long now = Stopwatch.GetTimestamp();
        const string Mark = "\"id\":\"";
        foreach (string line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int start = line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
            _received.TryAdd(line[start..line.IndexOf('"', start)], now);
        }
    }
}
