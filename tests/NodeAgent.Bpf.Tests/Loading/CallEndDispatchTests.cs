// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Bpf.Tests.Handover;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Platform;
using static NodeAgent.Bpf.Tests.Loading.SensorReading;

namespace NodeAgent.Bpf.Tests.Loading;

/// <summary>The sensors that look at the end of system calls, with one program attached for all of them.</summary>
[Collection(KernelCollection.Name)]
public sealed class CallEndDispatchTests : IDisposable
{
    private const string Hook = "tp_btf/sys_exit";
    private static readonly string[] Dispatched = ["process_calls", "file", "file_change", "socket", "unix", "privilege"];
    private readonly BpfMount _mount;
    private readonly string _file = Path.GetTempFileName();

    public CallEndDispatchTests()
    {
        Kernel.Require();
        _mount = new BpfMount();
    }

    public void Dispose()
    {
        _mount.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void Start_AllSensorsAtTheEndOfCalls_OneProgramIsAttachedAndEachTells()
    {
        using KernelEventSource source = Start(new BpfOptions());
        using var counting = RunStatistics.Enable();
        AssertEachTells(source);
        ProgramStatus[] programs = [.. source.ReadPrograms().Where(program => program.Hook == Hook)];
        Assert.Equal(Dispatched.Length + 1, programs.Length);

        // The kernel counts the runs of what is attached, and not of what follows it.
        Assert.Equal(["na_exit_head"], programs.Where(program => program.Info.RunCount > 0).Select(program => program.Name));
    }

    [Fact]
    public void Start_PinnedByAnotherAgent_GoesOnWhereItWas()
    {
        Start(Pinned()).Dispose();
        int reader = Run("cat", _file);

        using KernelEventSource source = Start(Pinned());

        Assert.Equal(Dispatched.Length + 1, source.Handover!.SensorsTakenOver);
        Assert.Empty(source.Handover.Problems);
        RecordingHandler handler = ReadUntil(source, seen => Count(seen, EventKind.Open, reader) > 0);
        int before = Count(handler, EventKind.Open, reader);
        AssertEachTells(source);
        Assert.True(before > 0);
        Assert.Contains(source.ReadPrograms(), program => program.Name == "na_exit_head");
    }

    [Fact]
    public void Start_PinnedWithOneSensorLess_ThatOneEndsAndTheOthersGoOn()
    {
        Start(Pinned()).Dispose();
        using (KernelEventSource source = Start(Pinned(), "file"))
        {
            int chmod = Run("chmod", "600", _file);
            RecordingHandler handler = ReadUntil(source, seen => Count(seen, EventKind.FileChange, chmod) > 0);
            Assert.Equal(0, Count(handler, EventKind.Open, chmod));
            Assert.Equal(Dispatched.Length, source.Handover!.SensorsTakenOver);
        }

        // It comes back to its place, and is not attached beside it.
        using KernelEventSource again = Start(Pinned());
        int opens = OpensOf(again, Run("cat", _file));
        Assert.Equal(opens, OpensOf(again, Run("cat", _file)));
        Assert.Equal(1, again.ReadPrograms().Count(program => program.Name == "na_exit_head"));
    }

    [Fact]
    public void Start_PinnedWithoutAnyOfThem_DetachesTheHead()
    {
        Start(Pinned()).Dispose();
        Assert.Contains("gen_1/link_exit_dispatch-na_exit_head", _mount.Entries());
        using KernelEventSource source = Start(Pinned(), Dispatched);
        Assert.DoesNotContain(_mount.Entries(), entry => entry.Contains("exit_head", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_HeadGone_BeginsAnew()
    {
        Start(Pinned()).Dispose();
        File.Delete(Path.Combine(_mount.Path, "gen_1", "link_exit_dispatch-na_exit_head"));
        using KernelEventSource source = Start(Pinned());
        Assert.Equal(1, source.Handover!.SensorsTakenOver); // process, which is attached by itself
        AssertEachTells(source);
        int first = OpensOf(source, Run("cat", _file));
        Assert.Equal(first, OpensOf(source, Run("cat", _file)));
    }

    private static int OpensOf(KernelEventSource source, int pid) =>
        Count(ReadUntil(source, seen => Count(seen, EventKind.Exit, pid) > 0), EventKind.Open, pid);

    private void AssertEachTells(KernelEventSource source)
    {
        int chmod = Run("chmod", "600", _file);
        int unshare = Run("unshare", "-m", "true");
        RecordingHandler handler = ReadUntil(source, seen => Count(seen, EventKind.Exit, unshare) > 0);
        Assert.NotEqual(0, Count(handler, EventKind.Open, chmod));
        Assert.NotEqual(0, Count(handler, EventKind.FileChange, chmod));
        Assert.NotEqual(0, Count(handler, EventKind.Namespace, unshare));
    }

    private BpfOptions Pinned() => new() { PinPath = _mount.Path };

    // Without a filter, as options have it by themselves: what is done again is told again.
    private static KernelEventSource Start(BpfOptions options, params string[] without)
    {
        string[] wanted = [.. Dispatched.Except(without), "process"];
        foreach (SensorDefinition sensor in SensorCatalog.All.Where(sensor => !wanted.Contains(sensor.Name)))
        {
            options.DisabledSensors.Add(sensor.Name);
        }

        foreach (string sensor in Dispatched)
        {
            options.Variants[sensor] = "tracepoint";
        }

        KernelEventSource source = KernelEventSource.Start(options, NullLoggerFactory.Instance);
        Assert.All(source.Sensors.Where(status => wanted.Contains(status.Name)), status => Assert.True(status.State == SensorState.Active, $"{status.Name}: {status.Reason}"));
        return source;
    }
}
