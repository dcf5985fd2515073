// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>When what made a profile partial was missed.</summary>
public sealed class PartialWindowTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("na-profiles-").FullName;
    private readonly BootClock _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Losses_WhileLearning_AreFromTheFirstToTheLast()
    {
        await using ProfileLearner learner = Learner();
        (EventSource source, ContainerInfo c) = Begin(learner);
        source.Loss(c, from: source.NowNs + EventSource.Second, to: source.NowNs + (2 * EventSource.Second));
        source.Tick(5);
        source.Loss(to: source.NowNs);
        Advance(source, 100);
        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal("events-lost", profile.Metadata.Annotations!["node-agent.io/partial-reason"]);
        Assert.Equal("2026-01-01T00:16:41.000Z/2026-01-01T00:16:45.000Z", profile.Metadata.Annotations[KubescapeAnnotations.PartialWindow]);
    }

    [Fact]
    public async Task Losses_BeforeTheClockWasSet_AreToldByTheRightOne()
    {
        await using ProfileLearner learner = Learner();
        (EventSource source, ContainerInfo c) = Begin(learner);
        source.Loss(c);
        _clock.Skip = TimeSpan.FromDays(365);
        Advance(source, 100);
        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal("2027-01-01T00:16:40.000Z/2027-01-01T00:16:40.000Z", profile.Metadata.Annotations![KubescapeAnnotations.PartialWindow]);
    }

    [Fact]
    public async Task Restart_OfTheAgent_IsAWindowToo()
    {
        await using (ProfileLearner first = Learner())
        {
            (EventSource source, ContainerInfo c) = Begin(first);
            source.Loss(c, from: source.NowNs - EventSource.Second);
            Advance(source, 20);
        }

        // The machine started again; its boot clock began anew, ten minutes later.
        _clock.Skip = TimeSpan.FromMinutes(27);
        await using ProfileLearner second = Learner();
        var later = new EventSource(second) { NowNs = 5 * EventSource.Second };
        _clock.NowNs = later.NowNs;
        later.Open(later.Container(fromStart: false), "/b");
        later.Tick();
        Advance(later, 100);
        ContainerProfile profile = await Published.OnlyAsync(second);
        Assert.Equal("events-lost,agent-restarted", profile.Metadata.Annotations!["node-agent.io/partial-reason"]);
        Assert.Equal("2026-01-01T00:16:40.000Z/2026-01-01T00:27:05.000Z", profile.Metadata.Annotations[KubescapeAnnotations.PartialWindow]);
    }

    [Fact]
    public async Task Complete_Profile_HasNone()
    {
        await using ProfileLearner learner = Learner();
        (EventSource source, _) = Begin(learner);
        Advance(source, 101);
        Assert.False((await Published.OnlyAsync(learner)).Metadata.Annotations!.ContainsKey(KubescapeAnnotations.PartialWindow));
    }

    [Fact]
    public void Workload_OfPartialContainers_HasTheWholeWindow()
    {
        static ContainerProfile Of(string? window) => new()
        {
            Metadata = new() { Name = "x", Annotations = new Dictionary<string, string> { [KubescapeAnnotations.PartialReason] = "events-lost", [KubescapeAnnotations.PartialWindow] = window ?? "nonsense" } },
        };
        (ApplicationProfile application, _) = WorkloadBuilder.Build(
            "w", [Of("2026-01-01T00:00:05.000Z/2026-01-01T00:00:06.000Z"), Of(null), Of("2026-01-01T00:00:01.000Z/2026-01-01T00:00:05.500Z")]);
        Assert.Equal("2026-01-01T00:00:01.000Z/2026-01-01T00:00:06.000Z", application.Metadata.Annotations![KubescapeAnnotations.PartialWindow]);
    }

    private ProfileLearner Learner() => new(EventSource.Options(_directory), new FakeNames(), _clock, NullLogger<ProfileLearner>.Instance);

    private static (EventSource Source, ContainerInfo Container) Begin(ProfileLearner learner)
    {
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Open(container, "/a");
        source.Tick();
        return (source, container);
    }

    private void Advance(EventSource source, double seconds)
    {
        _clock.NowNs = source.NowNs + (ulong)(seconds * EventSource.Second);
        source.Tick(seconds);
    }

    /// <summary>A wall clock that goes with the events' one; at boot it was 2026.</summary>
    private sealed class BootClock : TimeProvider
    {
        public ulong NowNs { get; set; } = 1000 * EventSource.Second;

        public TimeSpan Skip { get; set; }

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Skip + TimeSpan.FromTicks((long)NowNs / 100);
    }
}
