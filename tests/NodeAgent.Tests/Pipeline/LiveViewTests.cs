// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Platform;
using NodeAgent.Pipeline;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

public sealed class LiveViewTests : IDisposable
{
    private static readonly byte[] Here = [10, 0, 0, 1];
    private static readonly byte[] There = [10, 0, 0, 2];
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly LiveView _view = new(new TraceFilter(TraceKind.All, null, null), new EventClock(new ManualTime(Now)), 16);
    private readonly PipelineRig _rig;

    public LiveViewTests() => _rig = new PipelineRig(_view).WithUnit("web");

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Exec_Row_TellsWhoAndWhat()
    {
        _rig.Feed(RecordBuilder.Exec("/bin/ls", ["ls", "-l", "a b"], pid: 200, timeNs: BootClock.NowNs, parentPid: 77));

        TraceRow row = Next();

        Assert.Equal(("exec", "/bin/ls [ls -l a b]", "ls", 200u, 77u), (row.Kind, row.Detail, row.Comm, row.Pid, row.ParentPid));
        Assert.Equal(("default", "Cgroup/web", "web"), (row.Namespace, row.Workload, row.Container));
        Assert.InRange(row.Time, Now.AddMinutes(-1), Now);
    }

    [Fact]
    public void Exec_Flags_AreNamed()
    {
        _rig.Feed(RecordBuilder.Exec("/x", [], flags: ExecFlags.UpperLayer | ExecFlags.Memfd | ExecFlags.Deleted));

        Assert.Equal("/x (upper layer) (memfd) (deleted) []", Next().Detail);
    }

    [Fact]
    public void Exec_OfTheStartingSnapshot_IsNoRow()
    {
        _rig.Feed(RecordBuilder.Exec("/sbin/init", ["init"], kind: EventKind.Task));

        Assert.False(_view.Rows.TryRead(out _));
    }

    [Theory]
    [InlineData(0u, 0u, "code 0")]
    [InlineData(3u, 0u, "code 3")]
    [InlineData(0u, 9u, "signal 9")]
    public void Exit_Row_TellsHow(uint code, uint signal, string expected) =>
        AssertRow(RecordBuilder.Exit(100, code, signal), "exit", expected);

    [Theory]
    [InlineData(0u, 0u, "/etc/passwd O_RDONLY")]
    [InlineData(0x241u, 0u, "/etc/passwd O_WRONLY|O_CREAT|O_TRUNC")]
    [InlineData(0x80000u, 2u, "/etc/passwd O_RDONLY|O_CLOEXEC = ENOENT")]
    [InlineData(0u, 13u, "/etc/passwd O_RDONLY = EACCES")]
    public void Open_Row_TellsFlagsAndFailure(uint flags, uint error, string expected) =>
        AssertRow(RecordBuilder.Open("/etc/passwd", flags: flags, error: error), "open", expected);

    [Fact]
    public void Connect_Rows_TellPeersAndOutcome()
    {
        AssertRow(RecordBuilder.Tcp(EventKind.TcpConnect, Here, 40000, There, 80), "connect", "tcp 10.0.0.1:40000 -> 10.0.0.2:80 0 µs");
        AssertRow(
            RecordBuilder.Tcp(EventKind.TcpConnect, Here, 40000, There, 81, error: 111), "connect", "tcp 10.0.0.1:40000 -> 10.0.0.2:81 ECONNREFUSED");
    }

    [Fact]
    public void Accept_Row_PointsInward() => AssertRow(
        RecordBuilder.Tcp(EventKind.TcpAccept, Here, 80, There, 40000, FlowDirection.Inbound), "accept", "tcp 10.0.0.1:80 <- 10.0.0.2:40000");

    [Fact]
    public void Close_Row_TellsBytesAndTime() => AssertRow(
        RecordBuilder.Tcp(EventKind.TcpClose, Here, 40000, There, 80), "close", "tcp 10.0.0.1:40000 -> 10.0.0.2:80 sent 0 received 0 bytes in 0 ms");

    [Fact]
    public void Connect_V6_HasBrackets()
    {
        byte[] here = System.Net.IPAddress.Parse("fd00::1").GetAddressBytes();
        byte[] there = System.Net.IPAddress.Parse("fd00::2").GetAddressBytes();

        AssertRow(RecordBuilder.Tcp(EventKind.TcpConnect, here, 1, there, 2), "connect", "tcp [fd00::1]:1 -> [fd00::2]:2 0 µs");
    }

    [Fact]
    public void Flow_Row_TellsPeers() => AssertRow(RecordBuilder.Flow(Here, 40000, There, 123), "udp", "10.0.0.1:40000 -> 10.0.0.2:123");

    [Fact]
    public void Dns_Rows_AreOneLineEach()
    {
        AssertRow(RecordBuilder.Dns(DnsMessages.Question("example.com"), There), "dns", "A example.com. -> 10.0.0.2");
        AssertRow(
            RecordBuilder.Dns(DnsMessages.Answer("example.com", [93, 184, 216, 34]), There, FlowDirection.Inbound),
            "dns",
            "A example.com. NOERROR 93.184.216.34 <- 10.0.0.2");
        AssertRow(RecordBuilder.Dns(DnsMessages.Answer("no.example", [], 3), There, FlowDirection.Inbound), "dns", "A no.example. NXDOMAIN <- 10.0.0.2");
        AssertRow(RecordBuilder.Dns([1, 2, 3], There), "dns", "malformed message of 3 bytes, resolver 10.0.0.2");
        AssertRow(RecordBuilder.Dns(new byte[12], There), "dns", "malformed message of 12 bytes, resolver 10.0.0.2");
    }

    [Fact]
    public void ForkAndCgroup_AreNoRows()
    {
        _rig.Feed(RecordBuilder.Fork(100, 101));
        _rig.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, "/other", 8));

        Assert.False(_view.Rows.TryRead(out _));
    }

    [Fact]
    public void Rows_QueueFull_AreDroppedAndCounted()
    {
        for (int i = 0; i < 20; i++)
        {
            _rig.Feed(RecordBuilder.Open("/f" + i));
        }

        Assert.Equal(4, _view.Dropped);
        Assert.StartsWith("/f0 ", Next().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_Count_IsKept()
    {
        _rig.Lose(new LossEvent(LossCause.Ring, EventKind.Open, 0, null, 5, 1, 2));
        _rig.Lose(new LossEvent(LossCause.Ring, EventKind.Exec, 0, null, 2, 1, 2));

        Assert.Equal(7, _view.Lost);
    }

    [Fact]
    public void Complete_QueueRead_EndsTheReader()
    {
        _rig.Feed(RecordBuilder.Open("/last"));
        _view.Complete();
        _rig.Feed(RecordBuilder.Open("/after"));

        Assert.StartsWith("/last ", Next().Detail, StringComparison.Ordinal);
        Assert.True(_view.Rows.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Rows_ContainerFilter_HidesOthers()
    {
        var view = new LiveView(new TraceFilter(TraceKind.All, "other", null), new EventClock(new ManualTime(Now)), 16);
        using var rig = new PipelineRig(view);
        rig.WithUnit("web");
        foreach (byte[] record in RecordBuilder.OneOfEach().Values)
        {
            rig.Feed(record);
        }

        Assert.False(view.Rows.TryRead(out _));
    }

    private void AssertRow(byte[] record, string kind, string detail)
    {
        _rig.Feed(record);
        TraceRow row = Next();
        Assert.Equal((kind, detail), (row.Kind, row.Detail));
    }

    private TraceRow Next()
    {
        Assert.True(_view.Rows.TryRead(out TraceRow? row));
        return row;
    }
}
