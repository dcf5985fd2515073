// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Net;
using NodeAgent.TestSupport;

namespace NodeAgent.Enrichment.Tests.Peers;

public sealed class PeerTableTests
{
    private const ulong Second = 1_000_000_000;
    private const ulong Start = 1000 * Second;

    private readonly PeerTable _table = new(new PeerTableOptions());

    [Theory]
    [InlineData("10.1.2.3", PeerKind.Private)]
    [InlineData("fd00::1", PeerKind.Private)]
    [InlineData("8.8.8.8", PeerKind.Public)]
    [InlineData("2001:db8::1", PeerKind.Public)]
    [InlineData("127.0.0.1", PeerKind.Host)]
    [InlineData("::1", PeerKind.Host)]
    public void Find_NobodyKnown_PrivateOrPublic(string address, PeerKind kind) => Assert.Equal((kind, null), Find(address, 80));

    [Theory]
    [InlineData("10.1.0.7")]
    [InlineData("fd00::7")]
    public void Find_Pod_IsNamedAlsoShortlyBeforeItWasTold(string address)
    {
        Put(Pod("web"), address);

        Assert.Equal((PeerKind.Pod, "web"), Find(address, 80));
        Assert.Equal((PeerKind.Pod, "web"), Find(address, 0, at: Start - (10 * Second)));
        Assert.Equal((PeerKind.Unknown, null), Find(address, 80, at: Start - (60 * Second)));
    }

    [Fact]
    public void Find_ReusedAddress_ByTheTimeOfTheEvent()
    {
        Put(Pod("old"), "10.1.0.7");
        _table.Remove("old", Start + (100 * Second));
        Put(Pod("new"), Start + (105 * Second), "10.1.0.7");

        Assert.Equal((PeerKind.Pod, "old"), Find("10.1.0.7", 80, at: Start + (99 * Second)));

        // Between the two only the new one can have talked: the old one was dead when it was removed.
        Assert.Equal((PeerKind.Pod, "new"), Find("10.1.0.7", 80, at: Start + (101 * Second)));
        Assert.Equal((PeerKind.Pod, "new"), Find("10.1.0.7", 80, at: Start + (200 * Second)));
    }

    [Fact]
    public void Find_AddressWithoutAnOwnerNow_IsUnknownAndCounted()
    {
        Put(Pod("old"), "10.1.0.7");
        _table.Remove("old", Start + Second);

        Assert.Equal((PeerKind.Unknown, null), Find("10.1.0.7", 80, at: Start + (2 * Second)));
        Assert.Equal(1, _table.Unknown);
    }

    [Fact]
    public void Find_TwoPodsClaimOneAddress_IsAmbiguousUntilOneLeaves()
    {
        Put(Pod("lost"), "10.1.0.7");
        Put(Pod("new"), Start + (10 * Second), "10.1.0.7");

        Assert.Equal((PeerKind.Pod, "lost"), Find("10.1.0.7", 80, at: Start + (9 * Second)));
        Assert.Equal((PeerKind.Ambiguous, null), Find("10.1.0.7", 80, at: Start + (11 * Second)));
        _table.Remove("lost", Start + (20 * Second));
        Assert.Equal((PeerKind.Pod, "new"), Find("10.1.0.7", 80, at: Start + (21 * Second)));
        Assert.Equal(1, _table.Ambiguous);
    }

    [Fact]
    public void Find_ServiceAddress_PortTellsTargetAndWhichOfSeveral()
    {
        Put(Service("web", new PeerPort(80, TransportProtocol.Tcp, 8080, 0)), "10.96.0.5", "192.0.2.1");
        Put(Service("mail", new PeerPort(25, TransportProtocol.Tcp, 2525, 0)), "192.0.2.1"); // one load balancer for both

        Assert.Equal((PeerKind.Service, "web", 8080), Full("10.96.0.5", 80));
        Assert.Equal((PeerKind.Service, "web", 8080), Full("192.0.2.1", 80));
        Assert.Equal((PeerKind.Service, "mail", 2525), Full("192.0.2.1", 25));
        Assert.Equal((PeerKind.Ambiguous, null, 0), Full("192.0.2.1", 99));
        Assert.Equal((PeerKind.Service, "web", 0), Full("10.96.0.5", 99));
    }

    [Fact]
    public void Find_NodeAddress_KubeletNodePortOrTheNode()
    {
        Put(new PeerObject { Kind = PeerKind.Node, Uid = "n", Name = "node-b", KubeletPort = 10250 }, "172.18.0.2");
        Put(new PeerObject { Kind = PeerKind.Node, Uid = "h", Name = "node-a", KubeletPort = 10250, IsHost = true }, "172.18.0.3");
        Put(Service("web", new PeerPort(80, TransportProtocol.Tcp, 8080, 30080)), "10.96.0.5");

        Assert.Equal((PeerKind.Node, "node-b"), Find("172.18.0.2", 22));
        Assert.Equal((PeerKind.Host, "node-a"), Find("172.18.0.3", 22));
        Assert.Equal(PeerRoles.Kubelet, _table.Find(Address("172.18.0.2"), 10250, TransportProtocol.Tcp, Start).Roles);
        Assert.Equal((PeerKind.Service, "web", 8080), Full("172.18.0.2", 30080));
        Assert.Equal((PeerKind.Node, "node-b"), Find("172.18.0.2", 0)); // it called us: its port says nothing
        Assert.Equal((PeerKind.Private, null), Find("10.9.9.9", 30080));
    }

    [Fact]
    public void Find_EndpointWithoutAPod_HasTheServiceAndItsRole()
    {
        Put(new PeerObject { Kind = PeerKind.Endpoint, Uid = "s", Namespace = "default", Name = "kubernetes", Roles = PeerRoles.ApiServer, Ports = [new(6443, TransportProtocol.Tcp, 6443, 0)] }, "172.18.0.2", "192.168.7.7");
        Put(new PeerObject { Kind = PeerKind.Node, Uid = "n", Name = "control", KubeletPort = 10250 }, "172.18.0.2");

        PeerMatch alone = _table.Find(Address("192.168.7.7"), 6443, TransportProtocol.Tcp, Start);
        PeerMatch onNode = _table.Find(Address("172.18.0.2"), 6443, TransportProtocol.Tcp, Start);

        Assert.Equal((PeerKind.Endpoint, "kubernetes", PeerRoles.ApiServer), (alone.Kind, alone.Object!.Name, alone.Roles));
        Assert.Equal((PeerKind.Node, "control", PeerRoles.ApiServer), (onNode.Kind, onNode.Object!.Name, onNode.Roles));
        Assert.Equal((PeerKind.Unknown, null), Find("192.168.7.7", 22));
    }

    [Fact]
    public void EndList_WhatWasNotListed_IsGoneWithItsAddress()
    {
        Put(Pod("a"), "10.1.0.1");
        Put(Service("s", default(PeerPort)), "10.96.0.5");
        _table.BeginList(PeerKind.Pod);
        Put(Pod("b"), "10.1.0.2");
        _table.EndList(PeerKind.Pod, Start + Second);

        Assert.Equal((PeerKind.Unknown, null), Find("10.1.0.1", 80, at: Start + (2 * Second)));
        Assert.Equal((PeerKind.Pod, "b"), Find("10.1.0.2", 80));
        Assert.Equal((PeerKind.Service, "s"), Find("10.96.0.5", 80));
        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void Put_AddressChanges_TheOldOneIsLeft()
    {
        Put(Pod("a"), "10.1.0.1", "fd00::1");
        Put(Pod("a"), Start + Second, "10.1.0.2", "fd00::1");

        Assert.Equal((PeerKind.Unknown, null), Find("10.1.0.1", 80, at: Start + (2 * Second)));
        Assert.Equal((PeerKind.Pod, "a"), Find("10.1.0.2", 80, at: Start + (2 * Second)));
        Assert.Equal((PeerKind.Pod, "a"), Find("fd00::1", 80, at: Start + (2 * Second)));
    }

    [Fact]
    public void Put_Bounds_RefusesAndForgetsAndCounts()
    {
        var table = new PeerTable(new PeerTableOptions { MaxObjects = 3, MaxHistory = 4, MaxHistoryPerAddress = 2 });
        for (int i = 0; i < 5; i++)
        {
            table.Put(Pod($"p{i}"), [Address($"10.1.0.{i}")], Start);
        }

        Assert.Equal((3, 2), (table.Count, table.Refused));
        for (int i = 0; i < 50; i++)
        {
            table.Put(Pod("p0"), [Address($"10.2.0.{i}")], Start + ((ulong)i * Second));
        }

        Assert.True(table.History <= 4, $"{table.History}");
        Assert.True(table.Evicted > 40, $"{table.Evicted}");
        Assert.True(table.Places <= 8, $"{table.Places}");
        table.Remove("p0", Start + (100 * Second));
        table.Remove("none", Start + (100_000 * Second));
        Assert.Equal((0, 2), (table.History, table.Places));
    }

    [Fact]
    public void Find_Answers_AllocateNothing()
    {
        Put(Pod("a"), "10.1.0.1");
        Put(Service("s", new PeerPort(80, TransportProtocol.Tcp, 8080, 30080)), "10.96.0.5");
        NetAddress pod = Address("10.1.0.1");
        NetAddress service = Address("10.96.0.5");
        NetAddress unknown = Address("8.8.8.8");

        long bytes = Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _table.Find(pod, 80, TransportProtocol.Tcp, Start);
                _table.Find(service, 80, TransportProtocol.Tcp, Start);
                _table.Find(unknown, 80, TransportProtocol.Tcp, Start);
            }
        });

        Assert.Equal(0, bytes);
    }

    private static PeerObject Pod(string name) => new() { Kind = PeerKind.Pod, Uid = name, Namespace = "shop", Name = name };

    private static PeerObject Service(string name, PeerPort port) => new() { Kind = PeerKind.Service, Uid = "svc-" + name, Namespace = "shop", Name = name, Ports = [port] };

    private static NetAddress Address(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new ArgumentException(text);

    private void Put(PeerObject item, params string[] addresses) => Put(item, Start, addresses);

    private void Put(PeerObject item, ulong nowNs, params string[] addresses) => _table.Put(item, [.. addresses.Select(Address)], nowNs);

    private (PeerKind Kind, string? Name) Find(string address, ushort port, ulong at = Start)
    {
        PeerMatch match = _table.Find(Address(address), port, TransportProtocol.Tcp, at);
        return (match.Kind, match.Object?.Name);
    }

    private (PeerKind Kind, string? Name, int Target) Full(string address, ushort port)
    {
        PeerMatch match = _table.Find(Address(address), port, TransportProtocol.Tcp, Start);
        return (match.Kind, match.Object?.Name, match.TargetPort);
    }
}
