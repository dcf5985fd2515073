// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Configuration;
using NodeAgent.Hosting;
using NodeAgent.Pipeline;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The agent's probes with the agent's settings, attached by this process, and a thread that decodes and counts. System calls are noted,
/// as the agent has them while profiles learn.</summary>
internal sealed class AttachedProbes : IAttached
{
    // Records at a time, so that a stop is seen also while they come as fast as they are read.
    private const int Batch = 1 << 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private readonly IReadOnlyList<SensorStatus> _sensors;
    private readonly KernelEventSource _source;
    private readonly Thread _reader;
    private volatile bool _stop;

    private AttachedProbes(KernelEventSource source)
    {
        _source = source;
        _sensors = source.Sensors;
        _source.Syscalls.SetAttached(true);
        _reader = new Thread(Drain) { IsBackground = true, Name = "ring reader" };
        _reader.Start();
    }

    /// <param name="flags">Shape: flags of <c>node-agent run</c>, each followed by its value.</param>
    public static AttachedProbes Start(IReadOnlyList<string> flags)
    {
        var options = new AgentOptions();
        for (int at = 0; at < flags.Count; at += 2)
        {
            Settings.All.First(s => s.Flag == flags[at]).Apply(options, flags[at + 1]);
        }

        return new AttachedProbes(KernelGate.Open(options.Bpf, UsedSensors.Agent(RuleStart.Read(new AgentOptions()).Judged), NullLoggerFactory.Instance));
    }

    public Task<string> VariantOfAsync(string sensor) =>
        Task.FromResult(_sensors.FirstOrDefault(s => s.Name == sensor)?.Variant ?? string.Empty);

    public Task<double> LostAsync() => Task.FromResult((double)_source.LostCount);

    public ValueTask DisposeAsync()
    {
        _stop = true;
        _reader.Join();
        _source.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Drain()
    {
        var counting = default(CountingHandler);
        while (!_stop)
        {
            _source.Read(ref counting, Batch);
            _source.Wait(LongestWait);
        }
    }
}
