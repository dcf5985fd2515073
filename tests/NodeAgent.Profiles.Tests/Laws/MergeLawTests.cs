// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Laws;

public sealed class MergeLawTests
{
    [Fact]
    public void Unite_WithinBounds_IsAssociative() => Property.ForSeeds(random =>
    {
        (LearnedBehavior a, LearnedBehavior b, LearnedBehavior c) = (Wide(random), Wide(random), Wide(random));
        LearnedBehavior left = Behaviors.Merge(Behaviors.Wide, Behaviors.Merge(Behaviors.Wide, a, b), c);
        LearnedBehavior right = Behaviors.Merge(Behaviors.Wide, a, Behaviors.Merge(Behaviors.Wide, b, c));
        Assert.Equal(Behaviors.Text(left), Behaviors.Text(right));
    });

    [Fact]
    public void Unite_WithinBounds_IsCommutative() => Property.ForSeeds(random =>
    {
        (LearnedBehavior a, LearnedBehavior b) = (Wide(random), Wide(random));
        Assert.Equal(Behaviors.Text(Behaviors.Merge(Behaviors.Wide, a, b)), Behaviors.Text(Behaviors.Merge(Behaviors.Wide, b, a)));
    });

    [Fact]
    public void Unite_WithItself_ChangesNothing() => Property.ForSeeds(random =>
    {
        LearnedBehavior a = Wide(random);
        string before = Behaviors.Text(a);
        a.Unite(a.Capture());
        Assert.Equal(before, Behaviors.Text(a));
        Assert.Equal(before, Behaviors.Text(Behaviors.Merge(Behaviors.Wide, a)));
    });

    [Fact]
    public void Unite_DeltaTwice_IsAsOnce() => Property.ForSeeds(random =>
    {
        (LearnedBehavior a, LearnedBehavior delta, LearnedBehavior other) = (Wide(random), Wide(random), Wide(random));
        LearnedBehavior once = Behaviors.Merge(Behaviors.Wide, a, delta, other);
        LearnedBehavior twice = Behaviors.Merge(Behaviors.Wide, a, delta, other, delta);
        Assert.Equal(Behaviors.Text(once), Behaviors.Text(twice));
    });

    [Fact]
    public void Unite_OfParts_IsLearningTheWhole() => Property.ForSeeds(random =>
    {
        (Deed[] one, Deed[] two) = (Behaviors.Random(random, 40, 4), Behaviors.Random(random, 40, 4));
        LearnedBehavior merged = Behaviors.Merge(Behaviors.Wide, Behaviors.Learn(Behaviors.Wide, one), Behaviors.Learn(Behaviors.Wide, two));
        Deed[] whole = [.. one.Concat(two).Where(deed => deed is not Deed.Failure)]; // those are counted, and the larger count stays
        random.Shuffle(whole);
        LearnedBehavior learned = Behaviors.Learn(Behaviors.Wide, whole);
        learned.FailedOpens = merged.FailedOpens;
        Assert.Equal(Behaviors.Text(learned), Behaviors.Text(merged));
    });

    [Fact]
    public void Spec_AnyOrder_IsTheSame() => Property.ForSeeds(random =>
    {
        Deed[] deeds = Behaviors.Random(random, 80, 70);
        Deed[] shuffled = [.. deeds];
        random.Shuffle(shuffled);
        Assert.Equal(Json(Behaviors.Learn(Behaviors.Wide, deeds)), Json(Behaviors.Learn(Behaviors.Wide, shuffled)));
    });

    [Fact]
    public void Spec_AnyBehavior_CoversAllThatWasLearned() => Property.ForSeeds(random => Covered(random, Behaviors.Wide, random.Next(2) == 0 ? 4 : 300, strict: true));

    [Fact]
    public void Spec_OverTheBounds_CoversAllThatWasLearned() => Property.ForSeeds(random => Covered(random, Behaviors.Tight, random.Next(2) == 0 ? 4 : 300, strict: false));

    [Fact]
    public void Unite_OverTheBounds_CoversAllThatWasLearnedAndKeepsTheBounds() => Property.ForSeeds(random =>
    {
        (Deed[] one, Deed[] two) = (Behaviors.Random(random, 70, 40), Behaviors.Random(random, 20, 40));
        LearnedBehavior merged = Behaviors.Merge(Behaviors.Tight, Behaviors.Learn(Behaviors.Tight, one), Behaviors.Learn(Behaviors.Tight, two));
        var profile = new CompletedProfile(Behaviors.Spec(merged));
        Assert.All(one.Concat(two).Where(deed => deed is not Deed.Ask), deed => Assert.True(Behaviors.Covers(profile, deed), deed.ToString()));
        Assert.InRange(merged.Endpoints.Count, 0, Behaviors.Tight.MaxEndpoints);
        Assert.InRange(merged.Names.Count, 0, Behaviors.Tight.MaxNames);
        Assert.InRange(merged.Opens.Count, 0, Behaviors.Tight.MaxOpens);
        Assert.InRange(merged.Execs.Count, 0, Behaviors.Tight.MaxExecs);
    });

    [Fact]
    public void Unite_OverTheBoundsWithItself_ChangesNothing() => Property.ForSeeds(random =>
    {
        LearnedBehavior a = Behaviors.Learn(Behaviors.Tight, Behaviors.Random(random, 70, 40));
        string before = WithoutOverflow(a);
        a.Unite(a.Capture());
        Assert.Equal(before, WithoutOverflow(a));
    });

    [Fact]
    public void Endpoints_OverTheBounds_MergeInAnyOrderToTheSame() => Property.ForSeeds(random =>
    {
        LearnedBehavior[] parts = [.. Enumerable.Range(0, 3).Select(_ => Behaviors.Learn(Behaviors.Tight, Behaviors.Random(random, 60, 200)))];
        string Text(params LearnedBehavior[] order) => string.Join('\n',
            Behaviors.Merge(Behaviors.Tight, order).Endpoints.Capture().Select(e => $"{e.Key} {e.Value}").Order(StringComparer.Ordinal));
        string expected = Text(parts);
        Assert.Equal(expected, Text(parts[2], parts[0], parts[1]));
        Assert.Equal(expected, Text(parts[1], Behaviors.Merge(Behaviors.Tight, parts[2], parts[0])));
    });

    private static void Covered(Random random, ProfileBounds bounds, int variety, bool strict)
    {
        Deed[] deeds = Behaviors.Random(random, 100, variety);
        LearnedBehavior behavior = Behaviors.Learn(bounds, deeds);
        var profile = new CompletedProfile(Behaviors.Spec(behavior));
        Assert.All(deeds, deed => Assert.True(
            Behaviors.Covers(profile, deed) || (!strict && deed is Deed.Ask && behavior.Names.Dropped > 0), deed.ToString()));
    }

    private static LearnedBehavior Wide(Random random) =>
        Behaviors.Learn(Behaviors.Wide, Behaviors.Random(random, 40, 4));

    private static string WithoutOverflow(LearnedBehavior behavior) => Behaviors.Text(behavior).Split(" over ")[0];

    private static string Json(LearnedBehavior behavior) => JsonSerializer.Serialize(Behaviors.Spec(behavior));
}
