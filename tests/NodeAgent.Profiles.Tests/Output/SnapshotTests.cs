// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Tests.Learning;

namespace NodeAgent.Profiles.Tests.Output;

public sealed class SnapshotTests
{
    [Fact]
    public async Task Snapshots_ThatNobodyTook_AreReplacedByTheNewest()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        for (int i = 0; i < 8; i++)
        {
            source.Open(container, $"/etc/{i}");
            source.Tick(11);
        }

        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal(8, profile.Spec!.Opens!.Count);
        await learner.Snapshots.Completion.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Snapshots_WhenNoCheckpointCanBeWritten_StillCome()
    {
        // A folder below a device file can never be made, not even by root.
        await using ProfileLearner learner = EventSource.Learner(EventSource.Options("/dev/null/profiles"));
        var source = new EventSource(learner);
        source.Exec(source.Container(), "/bin/a");
        source.Tick(101);

        Assert.Equal("completed", (await Published.OnlyAsync(learner)).Status());
    }
}
