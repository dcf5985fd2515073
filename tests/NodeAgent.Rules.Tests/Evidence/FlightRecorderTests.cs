// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Evidence;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Evidence;

public sealed class FlightRecorderTests
{
    [Fact]
    public void Alert_AfterOtherEventsOfTheProcess_TellsThemInOrder()
    {
        using var bench = new Bench(rules: Rules);
        bench.Exec("/bin/cat", ["cat", "/etc/hosts"]);
        bench.NowNs += 1_000_000_000;
        bench.Open("/etc/shadow", error: 13);
        bench.Tcp("93.184.216.34", 443);
        bench.Tcp("2001:db8::1", 80, error: 111);
        bench.Link(FileOperation.Symlink, "/etc/passwd", "/tmp/x");
        bench.Signal(9, "auditd");
        bench.Open("/alert");

        AlertEvent[] told = [.. Told(bench)];
        Assert.Equal(
            [
                "exec cat /etc/hosts", "open /etc/shadow (failed, errno 13)", "network 93.184.216.34:443", "network [2001:db8::1]:80 (failed, errno 111)",
                "symlink /etc/passwd -> /tmp/x", "signal auditd",
            ],
            told.Select(one => $"{one.Event} {one.Detail}"));
        Assert.Equal(("2026-08-22T10:00:00.000000000Z", "2026-08-22T10:00:01.000000000Z"), (told[0].Timestamp, told[1].Timestamp));
    }

    [Fact]
    public void Alert_AfterConnections_TellsWhoThePeersWere()
    {
        using var bench = new Bench(rules: Rules, peers: new Neighbours());
        bench.Tcp("10.0.0.7", 5432);
        bench.NowNs++;
        bench.Tcp("10.0.0.8", 5432);
        bench.Open("/alert");

        IReadOnlyList<AlertEvent> told = Told(bench);
        Assert.Equal(new AlertPeer("Pod", "shop", $"db at {Bench.BootNs}", null, null), told[0].Peer);
        Assert.Null(told[1].Peer);
    }

    [Fact]
    public void Alert_OfTheFirstEvent_TellsNone()
    {
        using var bench = new Bench(rules: Rules);
        bench.Open("/alert");
        Assert.Null(Assert.Single(bench.Taken()).Spec.Alerts[0].RecentEvents);
    }

    [Fact]
    public void Alert_OtherProcessesAndContainers_AreNotTold()
    {
        using var bench = new Bench(rules: Rules);
        EventSubject own = bench.Subject;
        bench.Open("/mine");
        bench.Subject = Of(bench.Init, bench.Container);
        bench.Open("/of/another/process");
        bench.Subject = Of(new ProcessInfo(own.Process.Key with { StartTimeNs = 7 }) { Container = bench.Container }, bench.Container);
        bench.Open("/of/one/with/the/same/pid");
        bench.Subject = Of(own.Process, new ContainerInfo(78, "/x"));
        bench.Open("/in/another/container");
        bench.Subject = own;
        bench.Open("/alert");
        Assert.Equal(["/mine"], Told(bench).Select(one => one.Detail));
    }

    [Fact]
    public void Alert_AfterMany_TellsTheNewest()
    {
        using var bench = new Bench(rules: Rules);
        for (int i = 0; i < 200; i++)
        {
            bench.Open($"/file/{i}");
        }

        bench.Open("/alert");
        Assert.Equal(Enumerable.Range(200 - FlightRecorder.MaxTold, FlightRecorder.MaxTold).Select(i => $"/file/{i}"), Told(bench).Select(one => one.Detail));
    }

    [Fact]
    public void Detail_LongOrHostile_IsCutAndOneText()
    {
        using var bench = new Bench(rules: Rules);
        bench.Open("/" + new string('a', 5000));
        bench.Link(FileOperation.Symlink, new string('b', 5000), "/tmp/x");
        bench.Open([(byte)'/', 0xff, 0x1b, (byte)'\n', 0]);
        bench.Open("/alert");

        string[] details = [.. Told(bench).Select(one => one.Detail)];
        Assert.Equal("/" + new string('a', FlightRing.DetailBytes - 1) + "…", details[0]);
        Assert.Equal(new string('b', FlightRing.DetailBytes) + "…", details[1]);
        Assert.DoesNotContain("\n", System.Text.Encoding.UTF8.GetString(AlertJson.ToLine(Envelope(details[2]))).TrimEnd('\n'), StringComparison.Ordinal);
    }

    [Fact]
    public void Container_Ended_IsForgotten()
    {
        using var bench = new Bench(rules: Rules);
        bench.Open("/before");
        var record = new CgroupRecord { Header = bench.Header(EventKind.CgroupRmdir, "systemd"u8) };
        var gone = new CgroupEvent(in record, []);
        bench.Engine.OnCgroup(in gone, bench.Subject);
        bench.Open("/alert");
        Assert.Null(Assert.Single(bench.Taken()).Spec.Alerts[0].RecentEvents);
    }

    [Fact]
    public void Containers_MoreThanHaveRoom_TheQuietestIsForgotten()
    {
        using var bench = new Bench(rules: Rules);
        EventSubject own = bench.Subject;
        bench.Open("/first");
        for (ulong id = 1000; id < 1000 + FlightRecorder.MaxContainers; id++)
        {
            bench.NowNs++;
            bench.Subject = Of(own.Process, new ContainerInfo(id, $"/{id}"));
            bench.Open("/second");
        }

        bench.Open("/alert"); // of the last of them
        bench.Subject = own;
        bench.Open("/alert");
        List<RuntimeAlerts> alerts = bench.Taken();
        Assert.Equal(["/second"], alerts[0].Spec.Alerts[0].RecentEvents!.Select(one => one.Detail));
        Assert.Null(alerts[1].Spec.Alerts[0].RecentEvents);
    }

    [Fact]
    public void Events_ThatNobodyAlertsOn_CostNoMemory()
    {
        using var bench = new Bench(rules: Rules);
        byte[] path = "/etc/hosts"u8.ToArray();
        var record = new OpenRecord { Header = bench.Header(EventKind.Open, "cat"u8), Path = new WireString { Length = (ushort)path.Length } };
        Open(1000); // what is made once
        long before = GC.GetAllocatedBytesForCurrentThread();
        Open(10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Open(int times)
        {
            for (int i = 0; i < times; i++)
            {
                var view = new OpenEvent(in record, path);
                bench.Engine.OnOpen(in view, bench.Subject);
            }
        }
    }

    private sealed class Neighbours : IPeerNames
    {
        public AlertPeer? Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
            (address.ToString(), port, protocol) == ("10.0.0.7", 5432, TransportProtocol.Tcp) ? new AlertPeer("Pod", "shop", $"db at {timeNs}", null, null) : null;
    }

    private static IEnumerable<Api.RuntimeRules.RuntimeRule> Rules =>
    [
        TestRules.Of("T-1", "open", "event.path == '/alert'"),
        .. from type in (string[])["exec", "network", "symlink", "signal"] select TestRules.Of("T-" + type, type, "false"),
    ];

    private static EventSubject Of(ProcessInfo process, ContainerInfo container) => new() { Process = process, Container = container };

    private static IReadOnlyList<AlertEvent> Told(Bench bench) => Assert.Single(bench.Taken()).Spec.Alerts[0].RecentEvents ?? [];

    private static RuntimeAlerts Envelope(string detail)
    {
        using var bench = new Bench(rules: Rules);
        bench.Open("/alert");
        RuntimeAlerts one = bench.Taken()[0];
        return one with { Spec = one.Spec with { Alerts = [one.Spec.Alerts[0] with { RecentEvents = [new AlertEvent(string.Empty, "open", detail)] }] } };
    }
}
