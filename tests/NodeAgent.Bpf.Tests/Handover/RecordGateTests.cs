// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Handover;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Handover;

public sealed class RecordGateTests
{
    private const ulong From = 1_000_000_000;
    private const ulong Until = 2_000_000_000;
    private static readonly Dictionary<string, string> Wire = new() { ["na_header"] = "h", ["na_string"] = "s", ["na_exit"] = "e", ["na_open"] = "o" };
    private readonly DecodeCounters _counters = new();

    [Fact]
    public void Accept_SameEventFromBothPrograms_IsTakenOnce()
    {
        RecordGate gate = Gate(Wire);
        Assert.True(gate.Accept(older: true, From + 1000, Record(EventKind.Exit, 7)));
        Assert.False(gate.Accept(older: false, From + 3000, Record(EventKind.Exit, 7)));
        Assert.Equal(1, gate.DuplicateCount);
        Assert.True(gate.Accept(older: false, From + 4000, Record(EventKind.Exit, 7)), "a second one is another event");
    }

    [Fact]
    public void Accept_EqualEventsThatOnlyOneSideRecorded_AreAllTaken()
    {
        RecordGate gate = Gate(Wire);

        // Before the new programs were attached, and after the old ones were gone.
        Assert.True(gate.Accept(older: true, From + 1000, Record(EventKind.Exit, 7)));
        Assert.True(gate.Accept(older: false, From + 50_000_000, Record(EventKind.Exit, 7)));
        Assert.Equal(0, gate.DuplicateCount);
    }

    [Fact]
    public void Accept_RunOfEqualEventsFromBoth_KeepsTheirNumber()
    {
        RecordGate gate = Gate(Wire);
        int taken = 0;
        for (ulong at = 0; at < 1000; at++)
        {
            ulong time = From + (at * 10_000);
            taken += gate.Accept(older: true, time, Record(EventKind.Exit, 7)) ? 1 : 0;
            taken += gate.Accept(older: false, time + 900, Record(EventKind.Exit, 7)) ? 1 : 0;
        }

        Assert.Equal(1000, taken);
        Assert.Equal(1000, gate.DuplicateCount);
    }

    [Theory]
    [InlineData(From - 1)]
    [InlineData(Until + 1)]
    public void Accept_OutsideTheOverlap_TakesEverything(ulong time)
    {
        RecordGate gate = Gate(Wire);
        Assert.True(gate.Accept(older: true, time, Record(EventKind.Exit, 7)));
        Assert.True(gate.Accept(older: false, time, Record(EventKind.Exit, 7)));
    }

    [Fact]
    public void Accept_OtherContent_IsAnotherEvent()
    {
        RecordGate gate = Gate(Wire);
        Assert.True(gate.Accept(older: true, From, Record(EventKind.Exit, 7)));
        Assert.True(gate.Accept(older: false, From + 1, Record(EventKind.Exit, 8)));
    }

    [Fact]
    public void Accept_KindWithAnotherLayout_IsLeftOutAndCountedOnlyWhereNobodyElseTellsIt()
    {
        RecordGate gate = Gate(new Dictionary<string, string>(Wire) { ["na_open"] = "other" });
        Assert.False(gate.Accept(older: true, From - 5, Record(EventKind.Open, 7)));
        Assert.Equal(1, _counters[DecodeResult.OtherLayout]);
        Assert.False(gate.Accept(older: true, From + 5, Record(EventKind.Open, 7)));
        Assert.Equal(1, _counters[DecodeResult.OtherLayout]);
        Assert.True(gate.Accept(older: false, From + 6, Record(EventKind.Open, 7)));
        Assert.True(gate.Accept(older: true, From - 4, Record(EventKind.Exit, 7)));
    }

    [Fact]
    public void Accept_RecordShorterThanATime_DoesNotThrow()
    {
        RecordGate gate = Gate(Wire);
        Assert.True(gate.Accept(older: true, 0, []));
        Assert.True(gate.Accept(older: false, From, new byte[3]));
        Assert.False(Gate(new Dictionary<string, string> { ["na_header"] = "other" }).Accept(older: true, 0, []));
    }

    [Fact]
    public void CanRead_HeaderChanged_NothingIsReadable()
    {
        var wire = new WireCompatibility(new Dictionary<string, string>(Wire) { ["na_header"] = "other" }, Wire);
        Assert.False(wire.ReadsAll);
        Assert.All(Enum.GetValues<EventKind>(), kind => Assert.False(wire.CanRead(kind)));
        Assert.False(wire.CanRead((EventKind)60_000));
    }

    [Fact]
    public void CanRead_NewBuildHasMore_EverythingIsReadable()
    {
        var wire = new WireCompatibility(Wire, new Dictionary<string, string>(Wire) { ["na_new"] = "n" });
        Assert.True(wire.ReadsAll && wire.CanRead(EventKind.Open));
    }

    [Fact]
    public void CanRead_StructIsGone_OnlyItsKindsAreUnreadable()
    {
        var wire = new WireCompatibility(new Dictionary<string, string>(Wire) { ["na_tcp"] = "t" }, Wire);
        Assert.False(wire.CanRead(EventKind.TcpClose));
        Assert.True(wire.CanRead(EventKind.Exit));
    }

    [Fact]
    public void Wire_ThisBuild_DescribesEveryKind()
    {
        Dictionary<string, string> wire = StructLayouts.Wire();
        Assert.StartsWith("na_header 64 time_ns@0+8 cgroup_id@8+8", wire["na_header"], StringComparison.Ordinal);

        // When one struct changes, the kinds of all others stay readable: so each kind is known by its struct.
        var changed = new WireCompatibility(new Dictionary<string, string>(wire) { ["na_lost_key"] = "other" }, wire);
        for (EventKind kind = EventKind.Exec; kind < EventKind.Limit; kind++)
        {
            Assert.True(changed.CanRead(kind), $"{kind} has no struct in WireCompatibility");
        }
    }

    private static byte[] Record(EventKind kind, uint pid)
    {
        var record = new ExitRecord { Header = new HeaderRecord { Kind = kind, Pid = pid, TimeNs = 42 } };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<ExitRecord>(in record)).ToArray();
    }

    private RecordGate Gate(Dictionary<string, string> older) => new(new WireCompatibility(older, Wire), From, _counters) { UntilNs = Until };
}
