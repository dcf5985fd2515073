// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Checkpoints;

/// <summary>Profiles whose learning goes on in the next agent, with everything that happened between.</summary>
public sealed class ContinuationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("na-profiles-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true, "complete")]
    [InlineData(false, "partial")]
    public async Task Restart_ContainerOfTheCheckpoint_IsWholeWhenNothingWasMissed(bool withoutGap, string completion)
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            source.Open(source.Container(), "/a");
            source.Tick(60);
        }

        ProfileOptions options = EventSource.Options(_directory);
        options.ContinuesWithoutGap = withoutGap;
        await using ProfileLearner second = EventSource.Learner(options);
        var later = new EventSource(second);
        ContainerInfo again = later.Container(fromStart: false);
        later.Open(again, "/b");
        later.Tick(40);

        Assert.True(second.TryGetProfile(again, out ProfileState? state));
        Assert.Equal(("completed", completion), (state.Status, state.Completion));
        Assert.True(state.Profile!.WasOpened("/a") && state.Profile.WasOpened("/b"));
    }

    [Fact]
    public async Task Restart_WithoutGap_ContainerThatNoCheckpointKnowsStartedLate()
    {
        ProfileOptions options = EventSource.Options(_directory);
        options.ContinuesWithoutGap = true;
        await using ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        ContainerInfo unknown = source.Container(fromStart: false);
        source.Open(unknown, "/a");
        source.Tick(100);

        Assert.True(learner.TryGetProfile(unknown, out ProfileState? state));
        Assert.Equal(("completed", "partial"), (state.Status, state.Completion));
    }

    [Fact]
    public async Task Learned_Something_IsUnsavedUntilItsCheckpointIsWritten()
    {
        List<bool> told = [];
        ProfileOptions options = EventSource.Options(_directory);
        options.UnsavedChanged = told.Add;
        await using ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Open(container, "/a");
        Assert.Equal([true], told);

        await UntilSaved(source, told);
        Assert.Equal([true, false], told);
        Assert.Single(Directory.GetFiles(_directory, "*.profile"));

        source.Open(container, "/a");
        Assert.Equal([true, false], told); // known already: nothing to save
        source.Open(container, "/b");
        Assert.Equal([true, false, true], told);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal([true, false, true, false], told);
    }

    [Fact]
    public async Task Learned_DiskRefuses_StaysUnsaved()
    {
        string file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, string.Empty, TestContext.Current.CancellationToken);
        List<bool> told = [];
        ProfileOptions options = EventSource.Options(Path.Combine(file, "below-a-file"));
        options.UnsavedChanged = told.Add;
        ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        source.Open(source.Container(), "/a");
        for (int second = 0; second < 20; second++)
        {
            source.Tick(1);
        }

        await learner.DisposeAsync();
        Assert.Equal([true], told);
    }

    private static async Task UntilSaved(EventSource source, List<bool> told)
    {
        for (int turn = 0; told[^1]; turn++)
        {
            Assert.True(turn < 1000, "never saved");
            source.Tick(0.3);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
