// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class CollapseChangeTests
{
    [Fact]
    public async Task Use_NewRules_ChangesWhatIsPublishedAndWhatRulesSee()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        foreach (string name in (string[])["a", "b", "c"])
        {
            source.Open(c, $"/data/{name}");
        }

        source.Tick();
        source.Tick(101);
        Assert.True(learner.TryGetProfile(c, out ProfileState? state) && !state.Profile!.WasOpened("/data/d"));
        Assert.Equal(["/data/a", "/data/b", "/data/c"], await OpensAsync(learner));

        learner.Use(Rules(2));
        source.Tick(1);
        Assert.True(learner.TryGetProfile(c, out state) && state.Profile!.WasOpened("/data/d"));
        Assert.Equal(["/data/⋯"], await OpensAsync(learner));

        learner.Use(CollapseRules.Default);
        source.Tick(1);
        Assert.True(learner.TryGetProfile(c, out state) && !state.Profile!.WasOpened("/data/d"));
        Assert.Equal(["/data/a", "/data/b", "/data/c"], await OpensAsync(learner));
    }

    private static CollapseRules Rules(int threshold) => CollapseRules.Of(
        new CollapseConfiguration { Spec = new CollapseConfigurationSpec { OpenDynamicThreshold = threshold } }, (field, problem) => Assert.Fail(field + problem));

    private static async Task<string[]> OpensAsync(ProfileLearner learner)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        ProfileSnapshot snapshot = await learner.Snapshots.ReadAsync(patience.Token);
        return [.. snapshot.Profile!.Spec!.Opens!.Select(open => open.Path!)];
    }
}
