// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Profiles;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Library;

public sealed class OpenAndNetworkRuleTests
{
    [Theory]
    [InlineData("/etc/shadow", 0u, true)]
    [InlineData("/etc/shadow-", 0u, true)]
    [InlineData("/etc/shadow", 13u, true)]
    [InlineData("/etc/shadow", 2u, false)]
    [InlineData("/etc/passwd", 0u, false)]
    [InlineData("/srv/etc/shadow", 0u, false)]
    [InlineData("", 0u, false)]
    public void R0010_SensitivePath_Fires(string path, uint error, bool fires)
    {
        using var bench = new Bench();
        bench.Open(path, error: error);
        Assert.Equal(fires ? ["R0010"] : [], bench.TakenRules());
    }

    [Theory]
    [InlineData("/", "/host", "bind", "/host/etc/shadow", "/etc/shadow")]
    [InlineData("/etc", "/data/", "bind", "/data/shadow-", "/etc/shadow-")]
    [InlineData("/etc/shadow", "/tmp/x", "bind", "/tmp/x", "/etc/shadow")]
    [InlineData("/etc/shadow", "/tmp/x", "bind", "/tmp/xy", null)]
    [InlineData("/etc", "/data", "bind", "/data/passwd", null)]
    [InlineData("/var/lib", "/data", "bind", "/data/shadow", null)]
    [InlineData("/etc", "/data", "tmpfs", "/data/shadow", null)]
    public void R0010_HostFileThatIsMountedElsewhere_Fires(string source, string destination, string type, string opened, string? host)
    {
        using var bench = new Bench();
        bench.Open(opened);
        Assert.Empty(bench.Taken());
        bench.Container.Identity = bench.Container.Identity with
        {
            ServiceAccount = "robot",
            Configuration = new ContainerConfiguration { Mounts = [new ContainerMount("/proc", "proc", "proc", false), new ContainerMount(destination, source, type, true)] },
        };
        bench.Open(opened);

        RuntimeAlert[] alerts = [.. bench.Taken().Select(alert => alert.Spec.Alerts[0])];
        Assert.Equal(host is null ? 0 : 1, alerts.Length);
        Assert.All(alerts, alert => Assert.Contains($"{opened}, which is the host's {host},", alert.Message, StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Equal("robot", alert.ServiceAccount));
    }

    [Fact]
    public void R0010_OpenedWhileLearned_IsSilentAfterCompletionOnly()
    {
        using var bench = new Bench();
        MemoryProfile profile = bench.Learned().Opens("/etc/shadow");
        bench.Open("/etc/shadow", comm: "sshd");
        Assert.Empty(bench.Taken());
        profile.CurrentStatus = "ready";
        bench.Open("/etc/shadow", 0x80000 | 2, 13, "sshd");
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal(["O_RDWR", "O_CLOEXEC"], alert.Arguments.Flags);
        Assert.Equal(13, alert.Arguments.Errno);
        Assert.False(alert.ProfileMetadata!.FailOnProfile);
        Assert.Equal(1, alert.ProfileMetadata.ProfileDependency);
    }

    [Fact]
    public void R0005_NameNotInProfile_FiresOnceWhateverItsCase()
    {
        using var bench = new Bench();
        bench.Learned().Asks("example.com.");
        bench.Dns(DnsMessages.Query("eXample.COM"));
        Assert.Empty(bench.Taken());
        bench.Dns(DnsMessages.Query("EVIL.example.com"));
        bench.Dns(DnsMessages.Query("evil.example.com"));
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal("R0005", alert.RuleId);
        Assert.Equal("evil.example.com.", alert.Arguments.Domain);
        Assert.Equal("evil.example.com.", alert.Identifiers!.Dns!.Domain);
    }

    [Theory]
    [InlineData("web.default.svc.cluster.local", false)]
    [InlineData("svc.cluster.local.evil.com", true)]
    [InlineData("xsvc.cluster.local", true)]
    public void R0005_ClusterNames_AreTheClustersOwn(string name, bool fires)
    {
        using var bench = new Bench();
        bench.Learned();
        bench.Dns(DnsMessages.Query(name));
        Assert.Equal(fires ? ["R0005"] : [], bench.TakenRules());
    }

    [Fact]
    public void R0005_LabelWithDots_IsNotTheClustersDomain()
    {
        using var bench = new Bench();
        bench.Learned();
        bench.Dns(DnsMessages.Query(["a.svc.cluster.local"u8.ToArray()]));
        Assert.Equal(["R0005"], bench.TakenRules());
    }

    [Fact]
    public void R0005_AnswerOrQueryFromOutside_IsSilent()
    {
        using var bench = new Bench();
        bench.Learned();
        bench.Dns(DnsMessages.Query("evil.com", flags: 0x81), FlowDirection.Inbound);
        bench.Dns(DnsMessages.Query("evil.com"), FlowDirection.Inbound);
        Assert.Empty(bench.Taken());
    }

    [Theory]
    [InlineData("93.184.216.34", 443, 0u)]
    [InlineData("93.184.216.34", 443, 111u)]
    [InlineData("2001:db8::1", 443, 0u)]
    public void R0011_UnknownPeer_FiresAlsoWhenTheConnectFailed(string peer, ushort port, uint error)
    {
        using var bench = new Bench();
        bench.Learned();
        bench.Tcp(peer, port, error: error);
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal("R0011", alert.RuleId);
        Assert.Equal((peer, (int?)port, "TCP"), (alert.Arguments.Ip, alert.Arguments.Port, alert.Arguments.Proto));
        Assert.Equal(error == 0 ? null : (int)error, alert.Arguments.Errno);
    }

    [Fact]
    public void R0011_PortAndProtocol_ArePartOfTheMatch()
    {
        using var bench = new Bench();
        bench.Learned().Talks("93.184.216.34", 443, TransportProtocol.Tcp);
        bench.Tcp("93.184.216.34", 443);
        Assert.Empty(bench.Taken());
        bench.Tcp("93.184.216.34", 444);
        bench.Udp("93.184.216.34", 443);
        Assert.Equal(["R0011", "R0011"], bench.TakenRules());
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.0.1")]
    [InlineData("172.16.9.9")]
    [InlineData("fd00::1")]
    public void R0011_PrivatePeer_FiresOnlyByOption(string peer)
    {
        using (var byTable = new Bench())
        {
            byTable.Learned();
            byTable.Tcp(peer, 80);
            Assert.Empty(byTable.Taken());
        }

        using var standAlone = new Bench(o => o.IncludePrivateAddresses = true);
        standAlone.Learned();
        standAlone.Tcp(peer, 80);
        Assert.Equal(["R0011"], standAlone.TakenRules());
    }

    [Fact]
    public void R0011_LoopbackInboundAndClose_AreSilent()
    {
        using var bench = new Bench(o => o.IncludePrivateAddresses = true);
        bench.Learned();
        bench.Tcp("127.0.0.1", 80);
        bench.Tcp("::1", 80);
        bench.Udp("0.0.0.0", 80);
        bench.Tcp("8.8.8.8", 80, EventKind.TcpClose);
        bench.Tcp("8.8.8.8", 80, EventKind.TcpAccept, FlowDirection.Inbound);
        bench.Udp("8.8.8.8", 80, FlowDirection.Inbound);
        Assert.Empty(bench.Taken());
    }
}
