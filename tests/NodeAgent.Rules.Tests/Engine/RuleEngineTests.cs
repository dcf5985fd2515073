// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging;
using NodeAgent.Events;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Tests.Fixtures;
using NodeAgent.TestSupport;

namespace NodeAgent.Rules.Tests.Engine;

public sealed class RuleEngineTests
{
    [Fact]
    public void Rules_ByDefault_AreTheTablesSeven()
    {
        using var bench = new Bench();
        Assert.Equal(
            [("R0001", 1, 0, true), ("R0005", 1, 0, false), ("R0010", 5, 1, true), ("R0011", 5, 0, false),
             ("R1000", 8, 2, true), ("R1001", 8, 1, true), ("R1005", 8, 2, true)],
            Seven(bench).Select(r => (r.Id, r.Severity, (int)r.ProfileDependency, r.IsTriggerAlert)));
        Assert.All(bench.Engine.Rules, r => Assert.Matches("^TA[0-9]{4}$", r.MitreTactic));
        Assert.All(bench.Engine.Rules, r => Assert.Matches(@"^T[0-9]{4}(\.[0-9]{3})?$", r.MitreTechnique));
    }

    [Fact]
    public void DisabledRules_AreOff()
    {
        using var bench = new Bench(o => o.DisabledRules = ["R1000"]);
        bench.Exec("/dev/shm/x");
        Assert.Empty(bench.Taken());
        using var off = new Bench(o => o.Enabled = false);
        off.Exec("/dev/shm/x");
        Assert.Empty(off.Taken());
    }

    [Fact]
    public void Judge_RuleThrows_OthersGoOnAndItIsCountedAndLoggedRarely()
    {
        var log = new CountingLogger();
        using var bench = new Bench(rules: [TestRules.Of("T0001", "open", "1 / (event.pid - event.pid) == 0"), .. RuleLibrary.Rules], logger: log);
        for (int at = 0; at < 100; at++)
        {
            bench.Open("/etc/shadow");
        }

        Assert.Equal(["R0010"], bench.TakenRules());
        Assert.Equal(7, log.Errors);
    }

    [Fact]
    public void Queue_Full_DropsTheNewestCountsItAndTriesAgain()
    {
        using var bench = new Bench(o => o.AlertQueueCapacity = 2);
        using var metrics = new MetricReader();
        for (int at = 0; at < 5; at++)
        {
            bench.Exec("/dev/shm/x" + at);
        }

        Assert.Equal(3, metrics.Read("node_agent_alert_dropped_total", "R1000"));
        Assert.Equal(["/dev/shm/x0", "/dev/shm/x1"], bench.Taken().Select(a => a.Spec.Alerts[0].Arguments.Exec));
        bench.Exec("/dev/shm/x4");
        Assert.Equal("/dev/shm/x4", Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.Exec);
        Assert.Equal(3, metrics.Read("node_agent_alert_total", "R1000"));
    }

    [Fact]
    public void ProfileLookup_ManyRulesOneEvent_HappensOnce()
    {
        using var bench = new Bench();
        bench.Learned();
        int before = bench.Profiles.Lookups;
        bench.Exec("/tmp/x", flags: ExecFlags.UpperLayer);
        Assert.Equal(before + 1, bench.Profiles.Lookups);
    }

    [Fact]
    public void OpenThatDoesNotFire_AllocatesNothing()
    {
        using var bench = new Bench();
        bench.Learned();
        byte[] path = Encoding.UTF8.GetBytes("/usr/lib/x86_64-linux-gnu/libcrypto.so.3");
        var record = new OpenRecord { Header = bench.Header(EventKind.Open, "cat"u8), Path = new WireString { Length = (ushort)path.Length } };
        Assert.Equal(0, Allocated(() =>
        {
            var view = new OpenEvent(in record, path);
            bench.Engine.OnOpen(in view, bench.Subject);
        }));
    }

    [Fact]
    public void ExecTcpAndDnsInProfile_AllocateNothing()
    {
        using var bench = new Bench();
        bench.Learned().Executes("/bin/ls").Asks("example.com.").Talks("8.8.8.8", 443, TransportProtocol.Tcp);
        byte[] exe = "/bin/ls"u8.ToArray();
        var exec = new ExecRecord { Header = bench.Header(EventKind.Exec, "ls"u8), Exe = new WireString { Length = 7 } };
        var tcp = new TcpRecord { Header = bench.Header(EventKind.TcpConnect, "nc"u8), Family = 2, RemotePort = 443, Direction = FlowDirection.Outbound };
        for (int at = 0; at < 4; at++)
        {
            tcp.RemoteAddress[at] = 8;
        }

        byte[] query = DnsMessages.Query("example.com");
        var dns = new DnsRecord
        {
            Header = bench.Header(EventKind.Dns, "nc"u8),
            Family = 2,
            Direction = FlowDirection.Outbound,
            Message = new WireString { Length = (ushort)query.Length },
        };
        Assert.Equal(0, Allocated(() =>
        {
            var execView = new ExecEvent(in exec, exe);
            bench.Engine.OnExec(in execView, bench.Subject);
            var tcpView = new TcpEvent(in tcp);
            bench.Engine.OnTcp(in tcpView, bench.Subject);
            var dnsView = new DnsEvent(in dns, query);
            bench.Engine.OnDns(in dnsView, bench.Subject);
            bench.Engine.OnTick(bench.NowNs);
        }));
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void RepeatWithinCooldown_AllocatesNothing()
    {
        using var bench = new Bench();
        byte[] path = "/etc/shadow"u8.ToArray();
        var record = new OpenRecord { Header = bench.Header(EventKind.Open, "cat"u8), Path = new WireString { Length = (ushort)path.Length } };
        Assert.Equal(0, Allocated(() =>
        {
            var view = new OpenEvent(in record, path);
            bench.Engine.OnOpen(in view, bench.Subject);
        }));
    }

    /// <summary>Bytes of a thousand calls, after the code is warm.</summary>
    // Several rounds: code that the runtime has not compiled well yet may allocate where the finished one does not.
    private static long Allocated(Action call) => Allocations.Least(() =>
    {
        for (int at = 0; at < 1000; at++)
        {
            call();
        }
    });

    // The others of the library are not those of the first table.
    private static IEnumerable<RuleDescriptor> Seven(Bench bench) =>
        bench.Engine.Rules.Where(rule => rule.Id is "R0001" or "R0005" or "R0010" or "R0011" or "R1000" or "R1001" or "R1005");

    private sealed class CountingLogger : ILogger<RuleEngine>
    {
        public int Errors { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Errors++;
    }
}
