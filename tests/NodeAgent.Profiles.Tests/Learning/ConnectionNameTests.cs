// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class ConnectionNameTests
{
    private const string Address = "203.0.113.9";
    private readonly FakeNames _names = new();

    [Fact]
    public async Task Tcp_BeforeTheAnswerThatNamesItsAddress_StaysUnnamed()
    {
        NetworkNeighbor neighbor = await NeighborAsync((source, container) =>
        {
            source.Tcp(container, FlowDirection.Outbound, Address, 40000, 443);
            _names.Names[Address] = "later.example";
        });

        Assert.Equal((null, null), (neighbor.Dns, neighbor.DnsNames));
    }

    [Fact]
    public async Task Tcp_AfterTheAnswer_HasTheNameOfItsTime()
    {
        NetworkNeighbor neighbor = await NeighborAsync((source, container) =>
        {
            _names.Names[Address] = "then.example";
            source.Tcp(container, FlowDirection.Outbound, Address, 40000, 443);
            _names.Names[Address] = "later.example";
        });

        Assert.Equal("then.example.", neighbor.Dns);
    }

    private async Task<NetworkNeighbor> NeighborAsync(Action<EventSource, ContainerInfo> play)
    {
        await using ProfileLearner learner = EventSource.Learner(names: _names);
        var source = new EventSource(learner);
        play(source, source.Container());
        source.Tick(101);
        return Assert.Single((await Published.OnlyAsync(learner)).Spec!.Egress!);
    }
}
