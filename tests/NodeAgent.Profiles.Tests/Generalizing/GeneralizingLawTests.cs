// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Generalizing;

/// <summary>What must hold of any paths under any rules.</summary>
public sealed class GeneralizingLawTests
{
    private static readonly string[] Names =
        ["a", "b", "c", "d", "e", "etc", "etc", "once", "few", "⋯", "0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6f", "x-2026-11-21.log", "usr", "a", "b", "c"];

    [Fact]
    public void Final_AnyPaths_StayCovered() => Property.ForSeeds(random =>
    {
        (PathRules rules, string[] paths) = (Rules(random), Paths(random));
        string[] patterns = [.. Final(rules, paths).Select(entry => entry.Path)];
        Assert.All(paths, path => Assert.Contains(patterns, pattern => DynamicPath.Matches(pattern, path)));
    });

    [Fact]
    public void Final_AnyMasks_StayCovered() => Property.ForSeeds(random =>
    {
        (PathRules rules, string[] paths) = (Rules(random), Paths(random));
        IReadOnlyList<(string Path, uint Mask)> patterns = Final(rules, paths);
        Assert.All(paths, path => Assert.Contains(patterns, p => DynamicPath.Matches(p.Path, path) && (MaskOf(path) & ~p.Mask) == 0));
    });

    [Fact]
    public void Final_AnyOrder_GivesTheSame() => Property.ForSeeds(random =>
    {
        (PathRules rules, string[] paths) = (Rules(random), Paths(random));
        string[] shuffled = [.. paths];
        random.Shuffle(shuffled);
        Assert.Equal(Final(rules, paths), Final(rules, shuffled));
    });

    [Fact]
    public void Final_PartGeneralizedBefore_GivesTheSame() => Property.ForSeeds(random =>
    {
        PathRules rules = Rules(random);
        (string[] one, string[] two) = (Paths(random), Paths(random));
        var whole = new PathGeneralizer<uint>(rules);
        foreach ((string path, uint mask) in Collapsed(rules, one))
        {
            whole.Add(path, mask);
        }

        Array.ForEach(two, path => whole.Add(path, MaskOf(path)));
        Assert.Equal(Final(rules, [.. one, .. two]), whole.Final());
    });

    [Fact]
    public void Final_BothPartsGeneralizedBefore_GivesTheSame() => Property.ForSeeds(random =>
    {
        PathRules rules = Rules(random);
        (string[] one, string[] two) = (Paths(random), Paths(random));
        var whole = new PathGeneralizer<uint>(rules);
        foreach ((string path, uint mask) in Collapsed(rules, two).Concat(Collapsed(rules, one)))
        {
            whole.Add(path, mask);
        }

        Assert.Equal(Final(rules, [.. one, .. two]), whole.Final());
    });

    [Fact]
    public void Final_OfItself_IsItself() => Property.ForSeeds(random =>
    {
        PathRules rules = Rules(random);
        IReadOnlyList<(string Path, uint Mask)> once = Final(rules, Paths(random));
        var again = new PathGeneralizer<uint>(rules);
        foreach ((string path, uint mask) in once)
        {
            again.Add(path, mask);
        }

        Assert.Equal(once, again.Final());
    });

    [Fact]
    public void Final_WithLiterals_KeepsThemAndTheRestAsWithoutThem() => Property.ForSeeds(random =>
    {
        (PathRules rules, string[] paths) = (Rules(random), Paths(random));
        var literals = paths.Where(path => !path.Contains('⋯', StringComparison.Ordinal) && random.Next(3) == 0).ToHashSet();
        var generalizer = new PathGeneralizer<uint>(rules with { Literals = new LiteralPaths(literals) });
        Array.ForEach(paths, path => generalizer.Add(path, MaskOf(path)));
        IReadOnlyList<(string Path, uint Mask)> with = generalizer.Final();
        Assert.All(literals, literal => Assert.Contains(with, entry => entry.Path == literal));
        IReadOnlyList<(string Path, uint Mask)> rest = Final(rules, [.. paths.Where(path => !literals.Contains(path))]);
        Assert.Equal(rest.Where(entry => !literals.Contains(entry.Path)), with.Where(entry => !literals.Contains(entry.Path)));
    });

    private static IReadOnlyList<(string Path, uint Mask)> Final(PathRules rules, string[] paths)
    {
        var generalizer = new PathGeneralizer<uint>(rules);
        Array.ForEach(paths, path => generalizer.Add(path, MaskOf(path)));
        return generalizer.Final();
    }

    private static List<(string Path, uint Mask)> Collapsed(PathRules rules, string[] paths)
    {
        var generalizer = new PathGeneralizer<uint>(rules);
        Array.ForEach(paths, path => generalizer.Add(path, MaskOf(path)));
        return generalizer.Collapse(0);
    }

    private static uint MaskOf(string path) => 1u << (path.Length % 5);

    // Also prefixes that are stricter than what is around them: there the order of uniting and collapsing would show.
    private static PathRules Rules(Random random) => new(
        new PathThresholds(random.Next(2, 6), [new("/etc", random.Next(1, 8)), new("/once", 1), new("/few/", 2), new("/a/b", random.Next(1, 5)), new("/", random.Next(3, 6))]),
        random.Next(2) == 0);

    private static string[] Paths(Random random) =>
        [.. Enumerable.Range(0, random.Next(25)).Select(_ => "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Names[random.Next(Names.Length)])))];
}
