// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Layout;
using NodeAgent.Bpf.Loading;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Files;
using NodeAgent.Hosting;
using NodeAgent.Operations;
using NodeAgent.Pipeline;
using NodeAgent.Recording;
using NodeAgent.Recording.Format;

namespace NodeAgent.Cli;

/// <summary><c>node-agent record</c>: what the kernel tells, into a file. It loads its own probes, so it works beside a running agent and without one.</summary>
internal static class RecordCommand
{
    private const long LeastBytes = 64 << 10;

    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { Description = "The file that is written", HelpName = "FILE", DefaultValueFactory = _ => "recording.natrace" };
        var duration = new Option<string?>("--duration", "--for") { Description = "Stop after this time, such as 10s", HelpName = "DURATION" };
        var container = new Option<string[]>("--container", "-c") { Description = "Only this container: name, id or the start of it, workload name, or path of a cgroup; again for more", HelpName = "NAME" };
        var maxSize = new Option<string>("--max-size") { Description = "The most that the file may have; what does not fit is counted", HelpName = "BYTES", DefaultValueFactory = _ => "256MiB" };
        var host = new Option<string?>("--host-name") { Description = "The name that stands for this machine in the file, instead of its own", HelpName = "NAME" };
        var command = new ExampleCommand(
            "record",
            "Record events with all that replaying them needs",
            "node-agent record --output web.natrace --container web --duration 1m",
            "node-agent record --max-size 16MiB && node-agent replay recording.natrace")
        {
            output, duration, container, maxSize, host,
        };
        command.SetAction((arguments, stop) =>
        {
            AgentOptions surroundings = ConfigurationLoader.Load(null, SettingOptions.Variables(), new Dictionary<string, string>());
            if (arguments.GetValue(host) is { } name)
            {
                surroundings.NodeName = surroundings.ClusterName = name;
            }

            var order = new Order(
                arguments.GetValue(output)!,
                arguments.GetValue(duration) is { } text ? Parse("--duration", text, value => (TimeSpan?)SettingValue.Duration(value, TimeSpan.FromMilliseconds(1))) : null,
                arguments.GetValue(container) ?? [],
                Parse("--max-size", arguments.GetValue(maxSize)!, value => SettingValue.Size(value, LeastBytes)),
                arguments.GetValue(host) ?? Environment.MachineName,
                surroundings);
            return RunAsync(order, stop);
        });
        return command;
    }

    private static T Parse<T>(string option, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"{option}: {e.Message}");
        }
    }

    private static async Task<int> RunAsync(Order order, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        using SignalStop signals = SignalStop.On(stop);
        using ILoggerFactory loggers = LogOutput.Create(LogLevel.Warning);
        using KernelEventSource source = KernelGate.Open(new ProbeSettings { Sensors = [ProbeSettings.AllSensors] }, [], loggers);
        using RecordingWriter writer = Open(order, source);
        try
        {
            await RecordAsync(order, source, writer, loggers, stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new CommandException($"{order.Output}: {e.Message}");
        }

        await Console.Error.WriteLineAsync(Summary(order, writer)).ConfigureAwait(false);
        return 0;
    }

    private static RecordingWriter Open(Order order, KernelEventSource source)
    {
        var header = new RecordingHeader
        {
            Agent = ProductVersion.Text,
            Kernel = Environment.OSVersion.Version.ToString(),
            Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            Node = order.Surroundings.NodeName,
            Host = order.HostName,
            Cluster = order.Surroundings.ClusterName,
            Begun = DateTimeOffset.UtcNow,
            Containers = order.Containers,
            Sensors = [.. source.Sensors.Where(sensor => sensor.State == SensorState.Active).Select(sensor => sensor.Name)],
            Wire = WireVersion.Current,
        };
        try
        {
            return new RecordingWriter(WholeFile.Open(order.Output, FileMode.Create), header, order.MaxBytes);
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            throw new CommandException($"{order.Output}: {e.Message}");
        }
    }

    private static async Task RecordAsync(Order order, KernelEventSource source, RecordingWriter writer, ILoggerFactory loggers, CancellationTokenSource stop)
    {
        var recorder = new Recorder(writer, TimeProvider.System, order.Containers.Count == 0 ? null : new RecordedChoice(order.Containers));
        await using ClusterWatch? cluster = ClusterWatch.TryStart(order.Surroundings.Kubernetes, order.Surroundings.NodeName, loggers, TimeProvider.System);
        await using var enrichment = new EnrichmentParts(order.Surroundings.Containers, loggers, TimeProvider.System, cluster?.Pods, recorder);
        recorder.Use(enrichment.Stage);
        source.Tap = recorder;
        source.Syscalls.SetAttached(true);
        var health = new AgentHealth(TimeProvider.System, TimeSpan.FromSeconds(10));
        var records = new RecordingSource(new KernelRecords(source), recorder);
        using var loop = new EventLoop(records, enrichment.Stage, [recorder], health, loggers.CreateLogger<EventLoop>());
        loop.Start();
        Task stopped = SignalStop.Wait(stop.Token);
        await Task.WhenAny(recorder.Begun, loop.Completion, recorder.Failed, stopped).ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"recording into {order.Output}").ConfigureAwait(false);
        if (order.Duration is { } time)
        {
            stop.CancelAfter(time);
        }

        await Task.WhenAny(loop.Completion, recorder.Failed, stopped).ConfigureAwait(false);
        await loop.StopAsync().ConfigureAwait(false);
        recorder.End();
        if (recorder.Failed.IsFaulted)
        {
            await recorder.Failed.ConfigureAwait(false);
        }
    }

    private static string Summary(Order order, RecordingWriter writer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{order.Output}: {writer.Records} records in {writer.WrittenBytes} bytes; {writer.NotWritten} entries did not fit, {writer.Lost} events lost");

    private sealed record Order(string Output, TimeSpan? Duration, IReadOnlyList<string> Containers, long MaxBytes, string HostName, AgentOptions Surroundings);
}
