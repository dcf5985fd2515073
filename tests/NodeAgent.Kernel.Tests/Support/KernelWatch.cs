// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>The probes in this kernel and what they reported so far. One at a time: the tests of this project run in sequence.</summary>
internal sealed class KernelWatch : IDisposable
{
    private static readonly string[] AllSensors = [.. SensorCatalog.All.Select(sensor => sensor.Name)];
    private static readonly string[] NeedCgroups = ["cgroup", "udp", "dns", "payload", "socket"];
    // Long: an emulated machine beside other work is fifty times slower than this one.
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // Records at a time: on a machine that makes them as fast as they are read, the deadline and the condition are still looked at.
    private const int Batch = 4096;
    private const int LeastRecordBytes = 16;

    private readonly Capture _capture;

    private KernelWatch(KernelEventSource source)
    {
        Source = source;
        Events = new CapturedEvents();
        _capture = new Capture(Events);
    }

    public KernelEventSource Source { get; }

    public CapturedEvents Events { get; }

    /// <summary>Loads and attaches <paramref name="sensors"/>; skips the test where the machine cannot, fails it where a sensor should and does not.</summary>
    public static KernelWatch Start(params string[] sensors) => Start(new BpfOptions(), sensors);

    public static KernelWatch Start(BpfOptions options, params string[] sensors)
    {
        RequirementProblem? problem = KernelRequirements.Check().FirstOrDefault(found => found.IsFatal);
        Assert.SkipWhen(problem is not null, problem?.Message ?? string.Empty);
        bool needsCgroups = sensors.Intersect(NeedCgroups).Any();
        Assert.SkipWhen(needsCgroups && KernelRequirements.FindCgroupRoot() is null, "no cgroup2 tree is mounted");
        foreach (string sensor in AllSensors.Except(sensors))
        {
            options.DisabledSensors.Add(sensor);
        }

        ForceVariants(options, sensors);
        KernelEventSource source = KernelEventSource.Start(options, NullLoggerFactory.Instance);
        try
        {
            foreach (SensorStatus status in source.Sensors.Where(status => sensors.Contains(status.Name)))
            {
                Assert.True(status.State == SensorState.Active, $"{status.Name}: {status.Reason}");
            }

            return new KernelWatch(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The variant of a sensor that runs: <c>fentry</c>, <c>tracepoint</c>.</summary>
    public string VariantOf(string sensor) => Source.Sensors.Single(status => status.Name == sensor).Variant;

    /// <summary>Watches a source that somebody else started and disposes.</summary>
    public static KernelWatch On(KernelEventSource source) => new(source);

    public void ReadSnapshot()
    {
        Capture capture = _capture;
        Source.ReadSnapshot(ref capture);
    }

    /// <summary>Reads events until <paramref name="condition"/> holds.</summary>
    public void WaitUntil(Func<bool> condition, string what) =>
        Assert.True(TryWaitUntil(condition), $"no {what} within {Deadline.TotalSeconds:0} s");

    /// <returns>False when that is not so in time.</returns>
    public bool TryWaitUntil(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        Capture capture = _capture;
        while (!condition())
        {
            if (watch.Elapsed >= Deadline)
            {
                return false;
            }

            if (Source.Read(ref capture, Batch) == 0)
            {
                Source.Wait(TimeSpan.FromMilliseconds(20));
            }
        }

        return true;
    }

    /// <summary>Reads what there is, and not what comes meanwhile, which on a busy machine has no end: the next wait may block.</summary>
    public void Drain()
    {
        Capture capture = _capture;
        int count = Source.Read(ref capture, Batch);
        for (long left = Source.PendingBytes / LeastRecordBytes; count > 0 && left > 0; left -= count)
        {
            count = Source.Read(ref capture, Batch);
        }
    }

    /// <summary>Runs a workload and reads until its exit: since events come in the order of time, all that it did is there then.</summary>
    public Workload Run(string name, params string[] arguments) => Finish(Workload.Start(name, arguments));

    public Workload Finish(Workload workload)
    {
        WaitUntil(() => Events.Exits.Any(exit => exit.Header.Pid == workload.Pid), $"exit of {workload.Name}");
        workload.RequireSuccess();
        return workload;
    }

    public void Dispose() => Source.Dispose();

    // Shape of the variable: file=tracepoint,tcp=fentry. scripts/kernels.sh runs the tests once for each variant.
    private static void ForceVariants(BpfOptions options, string[] sensors)
    {
        string text = Environment.GetEnvironmentVariable("KERNEL_TEST_VARIANTS") ?? string.Empty;
        string[][] forced = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item.Split('=', 2)).Where(pair => sensors.Contains(pair[0]))];
        Assert.SkipWhen(
            forced.Length == 0 && Environment.GetEnvironmentVariable("KERNEL_TEST_ONLY_FORCED") == "1", "its sensors have no other variant here");
        foreach (string[] pair in forced)
        {
            options.Variants.TryAdd(pair[0], pair[1]);
        }
    }
}
