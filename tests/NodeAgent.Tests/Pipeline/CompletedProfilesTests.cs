// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules.Profiles;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

public sealed class CompletedProfilesTests : IAsyncLifetime
{
    private const ulong Second = 1_000_000_000;
    private static readonly byte[] Here = [10, 0, 0, 1];
    private static readonly byte[] There = [10, 0, 0, 2];
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ProfileLearner _learner;
    private readonly CompletedProfiles _profiles;
    private readonly PipelineRig _rig;

    public CompletedProfilesTests()
    {
        var options = new ProfileOptions { LearningPeriod = TimeSpan.FromSeconds(10), InitialDelay = TimeSpan.FromSeconds(1) };
        _learner = new ProfileLearner(options, new NoNames(), _time, NullLogger<ProfileLearner>.Instance);
        _profiles = new CompletedProfiles(_learner);
        _rig = new PipelineRig(_learner);
        _rig.Tick(Second);
        _rig.WithUnit("web", Second);
    }

    private ContainerInfo Web => _rig.Enrichment.Containers.Find(PipelineRig.CgroupId)!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _learner.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public void TryGet_WhileLearning_IsNotCompletedAndKnowsNothing()
    {
        Learn();

        Assert.True(_profiles.TryGet(Web, out ProfileView? view));
        Assert.False(view.IsCompleted);
        Assert.False(view.WasExecuted("/bin/ls"u8));
        Assert.False(view.WasOpened("/etc/hosts"u8));
        Assert.False(view.IsDomainInEgress("example.com."u8));
        Assert.False(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), 80, TransportProtocol.Tcp));
    }

    [Fact]
    public void TryGet_WhileLearningCounts_AnswersFromWhatWasLearnedByNow()
    {
        var profiles = new CompletedProfiles(_learner, whileLearning: true);
        Assert.True(profiles.TryGet(Web, out ProfileView? view));
        Assert.False(view.IsCompleted); // nothing was written yet: all is new to it
        Learn();
        _rig.Tick(4 * Second);
        Assert.True(profiles.TryGet(Web, out view));
        Assert.True(view.IsCompleted);
        Assert.Equal("ready", view.Status);
        Assert.True(view.WasExecuted("/bin/ls"u8));
        Assert.False(view.WasExecuted("/bin/cat"u8));
        Assert.True(view.WasOpened("/etc/hosts"u8));
        Assert.False(view.WasOpened("/etc/shadow"u8));
        Assert.True(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), 80, TransportProtocol.Tcp));
        Assert.False(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), 81, TransportProtocol.Tcp));
        Assert.True(view.IsDomainInEgress("example.com."u8));
        Assert.False(view.IsDomainInEgress("www.example.com."u8));
    }

    [Fact]
    public void TryGet_Completed_AnswersFromWhatWasLearned()
    {
        Learn();
        _rig.Tick(20 * Second);

        Assert.True(_profiles.TryGet(Web, out ProfileView? view));
        Assert.True(view.IsCompleted);
        Assert.Equal(("completed", "complete"), (view.Status, view.Completion));
        Assert.Contains("web", view.Name, StringComparison.Ordinal);
        Assert.True(view.WasExecuted("/bin/ls"u8));
        Assert.False(view.WasExecuted("/bin/cat"u8));
        Assert.True(view.WasOpened("/etc/hosts"u8));
        Assert.False(view.WasOpened("/etc/shadow"u8));
        Assert.True(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), 80, TransportProtocol.Tcp));
    }

    [Theory]
    [InlineData(80, TransportProtocol.Udp)]
    [InlineData(80, TransportProtocol.Sctp)]
    [InlineData(81, TransportProtocol.Tcp)]
    [InlineData(53, TransportProtocol.Tcp)]
    public void IsAddressInEgress_OtherPortOrProtocol_IsNot(ushort port, TransportProtocol protocol)
    {
        Learn();
        _rig.Tick(20 * Second);

        Assert.True(_profiles.TryGet(Web, out ProfileView? view));
        Assert.False(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), port, protocol));
        Assert.True(view.IsAddressInEgress(Addresses.Of("10.0.0.2"), 53, TransportProtocol.Udp));
    }

    [Fact]
    public void IsDomainInEgress_AnyBytes_DoesNotThrow()
    {
        Learn();
        _rig.Tick(20 * Second);
        Assert.True(_profiles.TryGet(Web, out ProfileView? view));

        Assert.True(view.IsDomainInEgress("example.com."u8));
        Assert.False(view.IsDomainInEgress("other.com."u8));
        Assert.False(view.IsDomainInEgress([0xff, 0xc0, (byte)'.']));
        Assert.False(view.IsDomainInEgress(new byte[70_000]));
        Assert.False(view.IsDomainInEgress([]));
    }

    [Fact]
    public void TryGet_SameState_IsTheSameView()
    {
        Learn();
        _rig.Tick(20 * Second);

        Assert.True(_profiles.TryGet(Web, out ProfileView? first));
        Assert.True(_profiles.TryGet(Web, out ProfileView? second));
        Assert.Same(first, second);
        Assert.Equal(0, Allocations.Least(() => _profiles.TryGet(Web, out _)));
    }

    [Fact]
    public void TryGet_UnknownContainer_HasNone() => Assert.False(_profiles.TryGet(ContainerInfo.Unknown, out _));

    [Theory]
    [InlineData(3650)]
    [InlineData(-3650)]
    public void Learning_WallClockJumps_DependsOnEventTimeOnly(int days)
    {
        Learn();
        _time.Now += TimeSpan.FromDays(days);
        _rig.Tick(9 * Second);
        Assert.True(_profiles.TryGet(Web, out ProfileView? learning));
        Assert.False(learning.IsCompleted);

        _rig.Tick(12 * Second);
        Assert.True(_profiles.TryGet(Web, out ProfileView? completed));
        Assert.True(completed.IsCompleted);
    }

    private void Learn()
    {
        _rig.Feed(RecordBuilder.Exec("/bin/ls", ["ls"], timeNs: Second));
        _rig.Feed(RecordBuilder.Open("/etc/hosts", timeNs: Second));
        _rig.Feed(RecordBuilder.Tcp(EventKind.TcpConnect, Here, 40000, There, 80, timeNs: Second));
        _rig.Feed(RecordBuilder.Flow(Here, 40000, There, 53, timeNs: Second));
        _rig.Feed(RecordBuilder.Dns(DnsMessages.Answer("example.com", [93, 184, 216, 34]), There, FlowDirection.Inbound, timeNs: Second));
    }
}
