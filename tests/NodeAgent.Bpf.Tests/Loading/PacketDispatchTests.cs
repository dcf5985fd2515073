// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Bpf.Tests.Handover;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;
using static NodeAgent.Bpf.Tests.Loading.SensorReading;

namespace NodeAgent.Bpf.Tests.Loading;

/// <summary>The sensors that look at packets, with one program attached in each direction for all of them.</summary>
[Collection(KernelCollection.Name)]
public sealed class PacketDispatchTests : IDisposable
{
    private const string Request = "GET / HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n";

    // Asks for the addresses of a.test.
    private const string Query = "\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x01a\\x04test\\x00\\x00\\x01\\x00\\x01";
    private static readonly string[] Dispatched = ["udp", "dns", "payload"];
    private static readonly string[] Heads = ["na_head_egress", "na_head_ingress"];
    private static readonly IPAddress Place = IPAddress.Parse("127.83.0.1");
    private readonly BpfMount _mount;
    private readonly TcpListener _anyPort = new(Place, 0);
    private readonly TcpListener _dnsPort = new(Place, 53);

    public PacketDispatchTests()
    {
        Kernel.Require();
        _mount = new BpfMount();
        _anyPort.Start();
        _dnsPort.Start();
    }

    public void Dispose()
    {
        _anyPort.Dispose();
        _dnsPort.Dispose();
        _mount.Dispose();
    }

    [Fact]
    public void Start_AllSensorsOfPackets_OneProgramIsAttachedInEachDirectionAndEachTells()
    {
        using KernelEventSource source = Start(new BpfOptions());
        using var counting = RunStatistics.Enable();
        AssertTell(source, Dispatched);
        ProgramStatus[] programs = [.. source.ReadPrograms().Where(program => program.Hook.StartsWith("cgroup_skb", StringComparison.Ordinal))];
        Assert.Equal((Dispatched.Length + 1) * 2, programs.Length);

        // The kernel counts the runs of what is attached, and not of what follows it.
        Assert.Equal(Heads, programs.Where(program => program.Info.RunCount > 0).Select(program => program.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("dns")]
    [InlineData("payload")]
    [InlineData("udp", "dns")]
    public void Start_OneMissing_TheOthersTell(params string[] missing)
    {
        using KernelEventSource source = Start(new BpfOptions(), missing);
        AssertTell(source, [.. Dispatched.Except(missing)]);
    }

    [Fact]
    public void Start_NoHead_EachIsAttachedByItself()
    {
        using KernelEventSource source = Start(new BpfOptions(), open: name =>
            name == SharedHooks.Packets.ObjectName ? throw new InvalidOperationException("not here") : EmbeddedObjects.Open(name));
        AssertTell(source, Dispatched);
        Assert.DoesNotContain(source.ReadPrograms(), program => Heads.Contains(program.Name));
    }

    [Fact]
    public void Start_OneIsRefusedBehindTheHead_ItIsAttachedByItself()
    {
        using KernelEventSource source = Start(new BpfOptions(), open: name => name == "udp" ? Kernel.OpenFixture("alone") : EmbeddedObjects.Open(name));
        using var counting = RunStatistics.Enable();
        AssertTell(source, "dns", "payload");

        // The kernel counts the runs of what is attached.
        Assert.Equal(["na_alone_egress", .. Heads], source.ReadPrograms()
            .Where(program => program.Hook.StartsWith("cgroup_skb", StringComparison.Ordinal) && program.Info.RunCount > 0).Select(program => program.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void StartSensor_BesideOneThatRuns_BothTell()
    {
        var options = new BpfOptions { Sensors = ["process", "udp"] };
        using KernelEventSource source = KernelEventSource.Start(options, NullLoggerFactory.Instance);
        AssertTell(source, "udp");
        Assert.Equal(SensorState.Active, source.StartSensor("payload")!.State);
        AssertTell(source, "udp", "payload");
    }

    [Fact]
    public void Start_PinnedByAnotherAgent_GoesOnWhereItWas()
    {
        Start(Pinned()).Dispose();
        int sender = Send("udp", Place, 9, "hello");

        using KernelEventSource source = Start(Pinned());

        Assert.Equal(Dispatched.Length + 1, source.Handover!.SensorsTakenOver);
        Assert.Empty(source.Handover.Problems);
        ReadUntil(source, seen => Count(seen, EventKind.Flow, sender) > 0);
        AssertTell(source, Dispatched);
        Assert.Equal(Heads, source.ReadPrograms().Select(program => program.Name).Where(Heads.Contains).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Start_PinnedWithOneSensorLess_ThatOneEndsAndComesBack()
    {
        Start(Pinned()).Dispose();
        using (KernelEventSource less = Start(Pinned(), ["udp"]))
        {
            AssertTell(less, "dns", "payload");
            Assert.Equal(Dispatched.Length, less.Handover!.SensorsTakenOver);
        }

        using KernelEventSource again = Start(Pinned());
        AssertTell(again, Dispatched);
    }

    [Fact]
    public void Start_PinnedWithoutAnyOfThem_DetachesTheHeads()
    {
        Start(Pinned()).Dispose();
        Assert.All(Heads, head => Assert.Contains($"gen_1/link_packet_dispatch-{head}", _mount.Entries()));
        using KernelEventSource source = Start(Pinned(), Dispatched);
        Assert.DoesNotContain(_mount.Entries(), entry => entry.Contains("na_head", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_OneHeadGone_BothBeginAnew()
    {
        Start(Pinned()).Dispose();
        File.Delete(Path.Combine(_mount.Path, "gen_1", "link_packet_dispatch-na_head_ingress"));
        using KernelEventSource source = Start(Pinned());
        Assert.Equal(1, source.Handover!.SensorsTakenOver); // process, which is attached by itself
        AssertTell(source, Dispatched);
        Assert.All(Heads, head => Assert.Contains($"gen_1/link_packet_dispatch-{head}", _mount.Entries()));
    }

    // What of it is told, each once: a datagram is one flow, and so forth. A message on port 53 concerns two of them.
    private void AssertTell(KernelEventSource source, params string[] sensors)
    {
        int datagram = Send("udp", Place, 9, "hello");
        int query = Send("udp", Place, 53, Query);
        int request = Send("tcp", Place, ((IPEndPoint)_anyPort.LocalEndpoint).Port, Request);
        int odd = Send("tcp", Place, 53, Request);
        int last = Run("true");
        var seen = new RecordingHandler();
        ReadUntil(source, handler => Count(seen = handler, EventKind.Exit, last) > 0);
        int flows = sensors.Contains("udp") ? 1 : 0;
        int messages = sensors.Contains("dns") ? 1 : 0;
        int heads = sensors.Contains("payload") ? 1 : 0;
        Assert.Equal([flows, flows], [Count(seen, EventKind.Flow, datagram), Count(seen, EventKind.Flow, query)]);
        Assert.Equal([0, messages], [Count(seen, EventKind.Dns, datagram), Count(seen, EventKind.Dns, query)]);
        Assert.Equal([heads, heads], [Count(seen, EventKind.Payload, request), Count(seen, EventKind.Payload, odd)]);
    }

    // Bash sends by itself, so its pid is that of the socket's owner.
    private static int Send(string protocol, IPAddress address, int port, string text) =>
        Run("bash", "-c", string.Create(CultureInfo.InvariantCulture, $"printf '{text}' > /dev/{protocol}/{address}/{port}"));

    private BpfOptions Pinned() => new() { PinPath = _mount.Path };

    private static KernelEventSource Start(BpfOptions options, string[]? without = null, Func<string, BpfObject>? open = null)
    {
        string[] wanted = [.. Dispatched.Except(without ?? []), "process"];
        options.Sensors = wanted;
        KernelEventSource source = KernelEventSource.StartWith(options, NullLoggerFactory.Instance, SensorCatalog.All, open ?? EmbeddedObjects.Open);
        Assert.All(source.Sensors.Where(status => wanted.Contains(status.Name)), status => Assert.True(status.State == SensorState.Active, $"{status.Name}: {status.Reason}"));
        return source;
    }
}
