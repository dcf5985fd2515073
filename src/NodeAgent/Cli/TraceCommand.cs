// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf;
using NodeAgent.Cli.Output;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Hosting;
using NodeAgent.Operations;
using NodeAgent.Pipeline;

namespace NodeAgent.Cli;

/// <summary><c>node-agent trace</c>: events as they happen. It loads its own probes, so it works beside a running agent and without one.</summary>
internal static class TraceCommand
{
    private const int RowQueueCapacity = 16 << 10;

    public static Command Create()
    {
        string[] kinds = [.. Enum.GetNames<TraceKind>().Where(name => name != nameof(TraceKind.None)).Select(name => name.ToLowerInvariant())];
        var kind = new Argument<string>("kind") { Description = string.Join(", ", kinds), DefaultValueFactory = _ => "all" };
        kind.AcceptOnlyFromAmong(kinds);
        var container = new Option<string?>("--container", "-c") { Description = "Only this container: name, id or the start of it, or workload name", HelpName = "NAME" };
        var space = new Option<string?>("--namespace", "-n") { Description = "Only workloads of this namespace", HelpName = "NAMESPACE" };
        var duration = new Option<string?>("--for") { Description = "Stop after this time, such as 10s", HelpName = "DURATION" };
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json);
        var command = new ExampleCommand(
            "trace",
            "Print events as they happen, with container and process",
            "node-agent trace exec",
            "node-agent trace net --container web --for 10s",
            "node-agent trace all -o json")
        {
            kind, container, space, duration, output,
        };
        command.SetAction((arguments, stop) =>
        {
            TraceKind chosen = Enum.Parse<TraceKind>(arguments.GetValue(kind)!, ignoreCase: true);
            var filter = new TraceFilter(chosen, arguments.GetValue(container), arguments.GetValue(space));
            return RunAsync(filter, ParseDuration(arguments.GetValue(duration)), arguments.GetValue(output), stop);
        });
        return command;
    }

    // In a container the runtimes are not where they are on the host: what the agent's environment says holds here too.
    private static AgentOptions Surroundings() => ConfigurationLoader.Load(null, SettingOptions.Variables(), new Dictionary<string, string>());

    private static TimeSpan? ParseDuration(string? text)
    {
        try
        {
            return text is null ? null : SettingValue.Duration(text, TimeSpan.FromMilliseconds(1));
        }
        catch (FormatException e)
        {
            throw new CommandException($"--for: {e.Message}");
        }
    }

    private static async Task<int> RunAsync(TraceFilter filter, TimeSpan? duration, OutputFormat format, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using SignalStop signals = SignalStop.On(stop);
        using ILoggerFactory loggers = LogOutput.Create(LogLevel.Warning);
        using KernelEventSource source = KernelGate.Open(new ProbeSettings(), UsedSensors.Of(filter.Kinds), loggers);
        AgentOptions surroundings = Surroundings();
        await using ClusterWatch? cluster = ClusterWatch.TryStart(surroundings.Kubernetes, surroundings.NodeName, loggers, TimeProvider.System);
        await using var enrichment = new EnrichmentParts(surroundings.Containers, loggers, TimeProvider.System, cluster?.Pods);
        ClusterPeers? peers = cluster?.Peers is { } directory ? new ClusterPeers(directory) : null;
        var view = new LiveView(filter, new EventClock(TimeProvider.System), RowQueueCapacity, peers);
        var health = new AgentHealth(TimeProvider.System, TimeSpan.FromSeconds(10));
        using var loop = new EventLoop(new KernelRecords(source), enrichment.Stage, [view], health, loggers.CreateLogger<EventLoop>());
        loop.Start();
        if (duration is { } time)
        {
            stop.CancelAfter(time);
        }

        Task printing = PrintAsync(view, TraceWriter.Create(format, Console.Out));
        await Task.WhenAny(loop.Completion, printing, SignalStop.Wait(stop.Token)).ConfigureAwait(false);
        await loop.StopAsync().ConfigureAwait(false);
        view.Complete();
        await printing.ConfigureAwait(false);
        if (view.Dropped + view.Lost > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{view.Dropped} rows not shown (output too slow), {view.Lost} events lost")).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task PrintAsync(LiveView view, TraceWriter writer)
    {
        try
        {
            while (await view.Rows.WaitToReadAsync().ConfigureAwait(false))
            {
                while (view.Rows.TryRead(out TraceRow? row))
                {
                    writer.Write(row);
                }

                writer.Flush();
            }
        }
        catch (IOException)
        {
            // The reader of our output is gone, as with `| head`: that is an end, not a failure.
        }
    }
}
