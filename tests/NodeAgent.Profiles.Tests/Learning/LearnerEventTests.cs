// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;
using NodeAgent.TestSupport;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class LearnerEventTests
{
    [Fact]
    public async Task Exec_Learned_IsInProfileAndMatches()
    {
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Exec(c, "/bin/cat", "cat", "/etc/hostname");
            source.Exec(c, "/bin/cat", "cat", "/etc/hostname");
            source.Exec(c, "/bin/cat", "cat", "⋯⋯");
        });
        Assert.Equal(2, spec.Execs!.Count);
        Assert.Contains(spec.Execs, e => e.Path == "/bin/cat" && e.Args!.SequenceEqual(["cat", "/etc/hostname"]) && !e.ArgsRequired);
        Assert.True(profile.WasExecuted("/bin/cat"));
        Assert.True(profile.WasExecuted("/bin/cat"u8));
        Assert.False(profile.WasExecuted("/bin/dog"));
        Assert.True(profile.WasExecutedWithArgs("/bin/cat", ["cat", "/etc/hostname"]));
        Assert.True(profile.WasExecutedWithArgs("/bin/cat", ["cat", "⋯⋯"]));
        Assert.False(profile.WasExecutedWithArgs("/bin/cat", ["cat", "/etc/shadow"])); // the literal ⋯⋯ taught no wildcard
    }

    [Fact]
    public async Task Open_Flags_AreUnitedAndFailedOpensAreNoPermission()
    {
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Open(c, "/a", 0x80000);
            source.Open(c, "/a", 0x401);
            source.Open(c, "/missing", 0, error: 2);
        });
        OpenCalls open = Assert.Single(spec.Opens!);
        Assert.Equal(["O_APPEND", "O_CLOEXEC", "O_RDONLY", "O_WRONLY"], open.Flags!);
        Assert.True(profile.WasOpened("/a"u8, 0));
        Assert.True(profile.WasOpened("/a", 1));
        Assert.False(profile.WasOpened("/a"u8, 2)); // O_RDWR
        Assert.False(profile.WasOpened("/a"u8, 0x200));
        Assert.False(profile.WasOpened("/missing"u8));
    }

    [Fact]
    public async Task Open_ProcPid_IsOneEntry()
    {
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Open(c, "/proc/12/stat");
            source.Open(c, "/proc/13/stat");
            source.Open(c, "/proc/13/task/14/comm");
        });
        Assert.Equal(["/proc/⋯/stat", "/proc/⋯/task/⋯/comm"], spec.Opens!.Select(o => o.Path!));
        Assert.True(profile.WasOpened("/proc/999/stat"u8));
        Assert.True(profile.WasOpened("/proc/999/stat"));
        Assert.False(profile.WasOpened("/proc/999/mem"u8));
    }

    [Theory]
    [InlineData("/proc/12/stat", "/proc/⋯/stat")]
    [InlineData("/proc/12", "/proc/⋯")]
    [InlineData("/proc/12x/stat", "/proc/12x/stat")]
    [InlineData("/proc/self", "/proc/self")]
    [InlineData("/proc/1/task/22/x", "/proc/⋯/task/⋯/x")]
    [InlineData("/a/proc/12/x", "/a/proc/12/x")]
    [InlineData("/a/*/b*", @"/a/\x2A/b*")]
    [InlineData("/a/⋯/é", @"/a/\xE2\x8B\xAF/é")]
    [InlineData(@"/a\xff", @"/a\x5Cxff")]
    [InlineData("//", "//")]
    public void PathText_OfPath_RewritesOnlyWhatItMust(string path, string expected) =>
        Assert.Equal(expected, PathText.FromBytes(System.Text.Encoding.UTF8.GetBytes(path)));

    [Fact]
    public async Task Open_HostileNames_TeachNoWildcardAndLoseNothing()
    {
        byte[] invalid = [(byte)'/', 0xff, (byte)'\n', (byte)'\\', (byte)'x'];
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Open(c, "/tmp/*");
            source.Open(c, "/srv/⋯");
            source.Open(c, invalid);
            source.Open(c, "/" + new string('y', 4094));
            source.Open(c, "pipe:[1]");
        });
        Assert.Equal(4, spec.Opens!.Count);
        Assert.True(profile.WasOpened("/tmp/*"u8));
        Assert.False(profile.WasOpened("/tmp/other"u8));
        Assert.True(profile.WasOpened("/srv/⋯"u8));
        Assert.False(profile.WasOpened("/srv/other"u8));
        Assert.True(profile.WasOpened(invalid));
        Assert.True(profile.WasOpened(Events.Text.ByteText.Decode(invalid)));
        Assert.True(profile.WasOpened(System.Text.Encoding.UTF8.GetBytes("/" + new string('y', 4094))));
    }

    [Fact]
    public async Task Network_Directions_AreKeptApart()
    {
        var names = new FakeNames { Names = { ["93.184.216.34"] = "Example.COM" } };
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn(
            (source, c) =>
            {
                source.Tcp(c, FlowDirection.Outbound, "93.184.216.34", 40000, 443);
                source.Tcp(c, FlowDirection.Outbound, "93.184.216.34", 40001, 443);
                source.Tcp(c, FlowDirection.Outbound, "93.184.216.34", 40001, 80);
                source.Tcp(c, FlowDirection.Inbound, "10.0.0.9", 8080, 51000);
                source.Tcp(c, FlowDirection.Outbound, "127.0.0.1", 1, 5432);
                source.Tcp(c, FlowDirection.Outbound, "2001:db8::1", 1, 443);
                source.Udp(c, FlowDirection.Outbound, "10.96.0.10", 40000, 53);
                source.Udp(c, FlowDirection.Inbound, "10.96.0.10", 40000, 53); // the answer
                source.Udp(c, FlowDirection.Inbound, "10.0.0.7", 514, 33333);
                source.Udp(c, FlowDirection.Outbound, "10.0.0.7", 514, 33333); // ours
                source.DnsAnswer(c, "example.com");
                source.DnsAnswer(c, "API.example.org");
            },
            names);
        NetworkNeighbor web = Assert.Single(spec.Egress!, n => n.IpAddress == "93.184.216.34");
        Assert.Equal(("external", "example.com."), (web.Type, web.Dns));
        Assert.Equal(["TCP-80", "TCP-443"], web.Ports!.Select(p => p.Name!));
        Assert.Equal("internal", Assert.Single(spec.Egress!, n => n.IpAddress == "10.96.0.10").Type);
        Assert.Equal(["api.example.org."], Assert.Single(spec.Egress!, n => n.IpAddress is null).DnsNames!);
        Assert.Equal(4, spec.Egress!.Count);
        Assert.Equal(["10.0.0.7 UDP-514", "10.0.0.9 TCP-8080"], spec.Ingress!.Select(n => $"{n.IpAddress} {n.Ports!.Single().Name}"));
        Assert.True(profile.IsDomainInEgress("EXAMPLE.com."));
        Assert.False(profile.IsDomainInEgress("evil.com"));
        Assert.True(profile.IsAddressInEgress(Address("93.184.216.34"), 443, TransportProtocol.Tcp));
        Assert.True(profile.IsAddressInEgress(Address("2001:db8::1"), 443, TransportProtocol.Tcp));
        Assert.False(profile.IsAddressInEgress(Address("93.184.216.34"), 443, TransportProtocol.Udp));
        Assert.False(profile.IsAddressInEgress(Address("93.184.216.34"), 444, TransportProtocol.Tcp));
        Assert.False(profile.IsAddressInEgress(Address("10.0.0.9"), 8080, TransportProtocol.Tcp)); // ingress only
    }

    [Theory]
    [InlineData(111u)] // refused
    [InlineData(110u)] // timed out
    [InlineData(113u)] // no route
    [InlineData(125u)] // given up
    public async Task Connect_Failed_IsNoPermission(uint error)
    {
        (ContainerProfileSpec spec, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Tcp(c, FlowDirection.Outbound, "10.0.0.5", 40000, 5432, error);
            source.Tcp(c, FlowDirection.Outbound, "10.0.0.6", 40001, 5432, error);
            source.Tcp(c, FlowDirection.Outbound, "10.0.0.6", 40002, 5432); // at last it was up
        });
        Assert.Equal("10.0.0.6", Assert.Single(spec.Egress!).IpAddress);
        Assert.False(profile.IsAddressInEgress(Address("10.0.0.5"), 5432, TransportProtocol.Tcp));
        Assert.True(profile.IsAddressInEgress(Address("10.0.0.6"), 5432, TransportProtocol.Tcp));
    }

    [Theory]
    [InlineData((ushort)0x0100, (ushort)1)] // a query
    [InlineData((ushort)0x8183, (ushort)0)] // NXDOMAIN
    [InlineData((ushort)0x8180, (ushort)0)] // no answer
    public void DnsAnswerName_NotAnswered_IsRefused(ushort flags, ushort answers) =>
        Assert.False(DnsAnswerName.TryRead(EventSource.DnsMessage("a.b", flags, answers), new byte[255], out _));

    [Fact]
    public void DnsAnswerName_HostileMessages_AreRefusedOrRead()
    {
        byte[] good = EventSource.DnsMessage("Ab.c");
        Span<byte> name = stackalloc byte[DnsAnswerName.MaxLength];
        Assert.True(DnsAnswerName.TryRead(good, name, out int length));
        Assert.True(name[..length].SequenceEqual("ab.c"u8));
        Assert.False(DnsAnswerName.TryRead(EventSource.DnsMessage("*.c"), name, out _));
        Assert.False(DnsAnswerName.TryRead([.. good.AsSpan(0, 12), 0xc0, 0x0c], name, out _)); // points to itself
        Assert.False(DnsAnswerName.TryRead([.. good.AsSpan(0, 12), .. Enumerable.Repeat<byte>(1, 600)], name, out _));
        for (int cut = 0; cut < 17; cut++)
        {
            Assert.False(DnsAnswerName.TryRead(good.AsSpan(0, cut), name, out _));
        }

        var random = new Random(1);
        byte[] noise = new byte[300];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(noise);
            good.AsSpan(0, 12).CopyTo(noise);
            DnsAnswerName.TryRead(noise.AsSpan(0, random.Next(noise.Length)), name, out _);
        }
    }

    [Fact]
    public async Task KnownEvents_AllocateNothing()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        byte[] path = "/usr/lib/x86_64-linux-gnu/libc.so.6"u8.ToArray();
        byte[] proc = "/proc/12345/status"u8.ToArray();
        byte[] dns = EventSource.DnsMessage("www.example.com");
        void Round()
        {
            source.Open(c, path);
            source.Open(c, proc);
            source.Tcp(c, FlowDirection.Outbound, "1.1.1.1", 1, 443);
        }

        Round();
        var open = new OpenRecord { Header = new HeaderRecord { TimeNs = source.NowNs } };
        open.Path = new WireString { Length = (ushort)path.Length };
        var openProc = open;
        openProc.Path = new WireString { Length = (ushort)proc.Length };
        var subject = new EventSubject { Container = c };
        byte[] variables = "LD_PRELOAD=/x.so\0PS4=+\0"u8.ToArray();
        var exec = new ExecRecord { Header = open.Header, Exe = open.Path };
        exec.Argv = new WireString { Length = 8 };
        exec.Environment = new WireString { Offset = (ushort)path.Length, Length = (ushort)variables.Length };
        byte[] execTail = [.. path, .. variables];
        var flow = new FlowRecord { Header = open.Header, Family = 2, Direction = FlowDirection.Outbound, RemotePort = 53, Protocol = 17 };
        flow.RemoteAddress[0] = 9;
        var answer = new DnsRecord { Header = open.Header, Direction = FlowDirection.Inbound };
        answer.Message = new WireString { Length = (ushort)dns.Length };
        void Raw()
        {
            learner.OnOpen(new Events.OpenEvent(in open, path), subject);
            learner.OnOpen(new Events.OpenEvent(in openProc, proc), subject);
            learner.OnExec(new Events.ExecEvent(in exec, execTail), subject);
            learner.OnFlow(new Events.FlowEvent(in flow), subject);
            learner.OnDns(new Events.DnsEvent(in answer, dns), subject);
            learner.TryGetProfile(c, out _);
        }

        for (int i = 0; i < 1000; i++)
        {
            Raw();
        }

        Assert.Equal(0, Allocations.Least(Raw));
    }

    [Fact]
    public async Task CompletedProfile_Questions_AllocateNothing()
    {
        (_, CompletedProfile profile) = await Learn((source, c) =>
        {
            source.Exec(c, "/bin/cat", "cat");
            source.Open(c, "/etc/passwd");
            for (int i = 0; i < 60; i++)
            {
                source.Open(c, $"/var/lib/f{i}");
            }
        });
        string[] args = ["cat"];
        void Ask()
        {
            Assert.True(profile.WasExecuted("/bin/cat"u8) && profile.WasExecuted("/bin/cat") && profile.WasExecutedWithArgs("/bin/cat", args));
            Assert.True(profile.WasOpened("/etc/passwd"u8) && profile.WasOpened("/var/lib/other"u8, 0) && !profile.WasOpened("/etc/shadow"u8));
            Assert.False(profile.IsDomainInEgress("a.example.com") || profile.IsAddressInEgress(default, 1, TransportProtocol.Tcp));
        }

        for (int i = 0; i < 1000; i++)
        {
            Ask();
        }

        Assert.Equal(0, Allocations.Least(Ask));
    }

    private static NetAddress Address(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new ArgumentException(text);

    private static async Task<(ContainerProfileSpec Spec, CompletedProfile Profile)> Learn(Action<EventSource, ContainerInfo> play, INameLookup? names = null)
    {
        await using ProfileLearner learner = EventSource.Learner(names: names);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        play(source, container);
        source.Tick();
        source.Tick(101);
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        Assert.Equal("completed", state.Status);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(learner.Snapshots.TryRead(out ProfileSnapshot? snapshot));
        return (snapshot.Profile!.Spec!, state.Profile!);
    }
}
