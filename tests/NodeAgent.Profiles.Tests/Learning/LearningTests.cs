// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class LearningTests
{
    [Fact]
    public async Task Events_OfEveryKind_AreInTheProfile()
    {
        var names = new FakeNames { Names = { ["93.184.216.34"] = "Example.com" } };
        await using ProfileLearner learner = EventSource.Learner(names: names);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/usr/sbin/nginx", "nginx", "-g", "daemon off;");
        source.Exec(container, "/usr/sbin/nginx", "nginx", "-t");
        source.Open(container, "/etc/nginx/nginx.conf", 0x80000);
        source.Open(container, "/etc/nginx/nginx.conf", 1);
        source.Tcp(container, FlowDirection.Outbound, "93.184.216.34", 40000, 443);
        source.Tcp(container, FlowDirection.Inbound, "10.0.0.9", 80, 51000);
        source.DnsAnswer(container, "api.internal.test");
        source.Tick(11);

        ContainerProfile profile = await Published.OnlyAsync(learner);

        Assert.Equal([["nginx", "-g", "daemon off;"], ["nginx", "-t"]], profile.Spec!.Execs!.Select(e => e.Args!.ToArray()));
        Assert.All(profile.Spec.Execs!, e => Assert.Equal("/usr/sbin/nginx", e.Path));
        OpenCalls open = Assert.Single(profile.Spec.Opens!);
        Assert.Equal("/etc/nginx/nginx.conf", open.Path);
        Assert.Equal(["O_CLOEXEC", "O_RDONLY", "O_WRONLY"], open.Flags);
        NetworkNeighbor peer = Assert.Single(profile.Spec.Egress!, n => n.IpAddress is not null);
        Assert.Equal(("93.184.216.34", "example.com.", "external", "TCP-443"), (peer.IpAddress, peer.Dns, peer.Type, Assert.Single(peer.Ports!).Name));
        Assert.Equal("api.internal.test.", Assert.Single(profile.Spec.Egress!, n => n.IpAddress is null).Dns);
        NetworkNeighbor caller = Assert.Single(profile.Spec.Ingress!);
        Assert.Equal(("10.0.0.9", "internal", "TCP-80"), (caller.IpAddress, caller.Type, Assert.Single(caller.Ports!).Name));
    }

    [Fact]
    public async Task Fault1_OpenThatFailed_IsCountedAndNoPermission()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Open(container, "/etc/shadow", error: 13);
        source.Open(container, "/etc/shadow", error: 13);
        source.Open(container, "/etc/hosts");
        source.Tick(101);

        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        Assert.False(state.Profile!.WasOpened("/etc/shadow"u8));
        Assert.True(state.Profile.WasOpened("/etc/hosts"u8));
        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal("/etc/hosts", Assert.Single(profile.Spec!.Opens!).Path);
        Assert.Equal("2", profile.Metadata.Annotations![KubescapeAnnotations.FailedOpens]);
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("")]
    public async Task Open_OfNoAbsolutePath_IsNotLearned(string path)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        source.Open(source.Container(), path);
        source.Tick(11);

        Assert.Empty((await Published.OnlyAsync(learner)).Spec!.Opens!);
    }

    [Fact]
    public async Task Udp_AnswerToAKnownPeer_IsNoNewPeer()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Udp(container, FlowDirection.Outbound, "10.96.0.10", 41000, 53);
        source.Udp(container, FlowDirection.Inbound, "10.96.0.10", 41000, 53);
        source.Udp(container, FlowDirection.Inbound, "10.0.0.5", 514, 42000);
        source.Udp(container, FlowDirection.Outbound, "10.0.0.5", 514, 42000);
        source.Tick(11);

        ContainerProfileSpec spec = (await Published.OnlyAsync(learner)).Spec!;
        Assert.Equal("UDP-53", Assert.Single(Assert.Single(spec.Egress!).Ports!).Name);
        Assert.Equal("UDP-514", Assert.Single(Assert.Single(spec.Ingress!).Ports!).Name);
    }

    [Fact]
    public async Task Events_ThatAreKnown_AllocateNothing()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        var subject = new EventSubject { Container = source.Container() };
        byte[] exec = [.. "/bin/ls"u8, .. "ls\0-l\0"u8];
        byte[] path = [.. "/proc/123/stat\xff"u8];
        byte[] dns = EventSource.DnsMessage("example.com");
        Play(learner, subject, exec, path, dns, source.NowNs, 2000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Play(learner, subject, exec, path, dns, source.NowNs, 2000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        source.Tick(11);
        Assert.Single((await Published.OnlyAsync(learner)).Spec!.Execs!); // the events did arrive
    }

    [Fact]
    public async Task Execs_OverTheBound_BecomeAnyArgumentsAndStillMatch()
    {
        ProfileOptions options = EventSource.Options();
        options.Bounds.MaxArgumentLists = 3;
        await using ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        for (int i = 0; i < 10; i++)
        {
            source.Exec(container, "/bin/job", "job", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        source.Tick(101);
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        Assert.True(state.Profile!.WasExecutedWithArgs("/bin/job", ["job", "0"]));
        Assert.Equal(["⋯⋯"], Assert.Single((await Published.OnlyAsync(learner)).Spec!.Execs!).Args!);
    }

    [Fact]
    public async Task Sets_OverTheirBounds_GeneraliseAndForgetNothing()
    {
        ProfileOptions options = EventSource.Options();
        options.Bounds.MaxOpens = 1000;
        options.Bounds.MaxExecs = 100;
        options.Bounds.MaxEndpoints = 16;
        await using ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        for (int i = 0; i < 3000; i++)
        {
            source.Open(container, $"/data/{i % 45}/x{i}/leaf");
            source.Exec(container, $"/opt/{i % 300}/tool", "tool");
            source.Tcp(container, FlowDirection.Outbound, $"8.{i / 200}.{i % 200}.7", 40000, 443);
        }

        source.Tick(101);
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        for (int i = 0; i < 3000; i++)
        {
            Assert.True(state.Profile!.WasOpened($"/data/{i % 45}/x{i}/leaf"));
            Assert.True(state.Profile.WasExecuted($"/opt/{i % 300}/tool"));
        }

        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.InRange(profile.Spec!.Opens!.Count, 1, 1000);
        Assert.InRange(profile.Spec.Execs!.Count, 1, 100);
        Assert.InRange(profile.Spec.Egress!.Count, 1, 16);
        Assert.True(int.Parse(profile.Metadata.Annotations![KubescapeAnnotations.Overflow], System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    private static void Play(ProfileLearner learner, EventSubject subject, byte[] exec, byte[] path, byte[] dns, ulong now, int times)
    {
        for (int i = 0; i < times; i++)
        {
            var execRecord = new ExecRecord { Header = new() { Kind = EventKind.Exec, TimeNs = now, Pid = 1 } };
            execRecord.Exe = new WireString { Length = 7 };
            execRecord.Argv = new WireString { Offset = 7, Length = (ushort)(exec.Length - 7) };
            learner.OnExec(new ExecEvent(in execRecord, exec), subject);
            var open = new OpenRecord { Header = new() { Kind = EventKind.Open, TimeNs = now, Pid = 1 } };
            open.Path = new WireString { Length = (ushort)path.Length };
            learner.OnOpen(new OpenEvent(in open, path), subject);
            open.Error = 2;
            learner.OnOpen(new OpenEvent(in open, path), subject);
            var tcp = new TcpRecord { Header = new() { Kind = EventKind.TcpConnect, TimeNs = now, Pid = 1 }, Family = 2, RemotePort = 443, Direction = FlowDirection.Outbound };
            tcp.RemoteAddress[0] = 9;
            learner.OnTcp(new TcpEvent(in tcp), subject);
            var answer = new DnsRecord { Header = new() { Kind = EventKind.Dns, TimeNs = now, Pid = 1 }, Family = 2, Direction = FlowDirection.Inbound };
            answer.Message = new WireString { Length = (ushort)dns.Length };
            learner.OnDns(new DnsEvent(in answer, dns), subject);
            learner.TryGetProfile(subject.Container, out _);
        }
    }
}
