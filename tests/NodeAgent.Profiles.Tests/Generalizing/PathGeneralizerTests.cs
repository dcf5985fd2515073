// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Generalizing;

public sealed class PathGeneralizerTests
{
    private static readonly PathThresholds Small = new(3, [new("/etc", 5), new("/once", 1)]);

    [Theory]
    [InlineData("/var/lib/x", 50, "/var/lib/x/⋯", false)]
    [InlineData("/var/lib/x", 51, "/var/lib/x/⋯", true)]
    [InlineData("/etc", 100, "/etc/⋯", false)]
    [InlineData("/etc", 101, "/etc/⋯", true)]
    [InlineData("/etc/sub", 100, "/etc/sub/⋯", false)]
    [InlineData("/etc/apache2/conf", 51, "/etc/apache2/conf/⋯", true)]
    [InlineData("/etcetera", 51, "/etcetera/⋯", true)]
    public void Final_ChildrenOfOneDirectory_CollapseAboveItsThreshold(string directory, int children, string pattern, bool collapsed)
    {
        var paths = Run(PathThresholds.Default, Enumerable.Range(0, children).Select(i => $"{directory}/f{i}"));
        Assert.Equal(collapsed ? 1 : children, paths.Count);
        Assert.Equal(collapsed, paths.Contains(pattern));
    }

    [Fact]
    public void Final_AdjacentDynamicSegments_BecomeOneStar()
    {
        var paths = Run(Small, from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 4) select $"/d/{a}/{b}/end");
        Assert.Equal(["/d/*/end"], paths);
    }

    [Fact]
    public void Final_UnitedChildren_AreCountedTogether()
    {
        // No directory below has more than one file, but the united one has four.
        var paths = Run(Small, Enumerable.Range(0, 4).Select(i => $"/d/{i}/f{i}"));
        Assert.Equal(["/d/*"], paths);
    }

    [Fact]
    public void Final_DirectoryAndItsFile_AreBothKept() => Assert.Equal(["/a", "/a/b"], Run(Small, ["/a/b", "/a", "/a/b"]));

    [Fact]
    public void Final_Root_IsAPath() => Assert.Equal(["/"], Run(Small, ["/"]));

    [Theory]
    [InlineData("/a/")]
    [InlineData("/a//")]
    [InlineData("//")]
    public void Final_TrailingSlashes_StayCoveredWhenTheDirectoryCollapses(string path)
    {
        string parent = path.TrimEnd('/');
        var patterns = Run(Small, Enumerable.Range(0, 9).Select(i => $"{parent}/f{i}").Append(path));
        Assert.Contains(patterns, pattern => DynamicPath.Matches(pattern, path));
    }

    [Fact]
    public void Final_Masks_AreUnited()
    {
        var generalizer = new PathGeneralizer(Small);
        for (int i = 0; i < 4; i++)
        {
            generalizer.Add($"/a/{i}", 1u << i);
        }

        Assert.Equal([("/a/⋯", 15u)], generalizer.Final());
    }

    [Fact]
    public void Final_PathOfThousandsOfSegments_DoesNotOverflowTheStack() =>
        Assert.Single(Run(Small, ["/" + string.Join('/', Enumerable.Repeat("a", 2047))]));

    [Fact]
    public void Final_AnyPaths_StayCovered() => Check(seed =>
    {
        string[] paths = Paths(new Random(seed));
        IReadOnlyList<string> patterns = Run(Small, paths);
        Assert.All(paths, path => Assert.Contains(patterns, pattern => DynamicPath.Matches(pattern, path)));
    });

    [Fact]
    public void Final_AnyOrder_GivesTheSame() => Check(seed =>
    {
        var random = new Random(seed);
        string[] paths = Paths(random);
        string[] shuffled = [.. paths];
        random.Shuffle(shuffled);
        Assert.Equal(Run(Small, paths), Run(Small, shuffled));
    });

    [Fact]
    public void Final_PartGeneralizedBefore_GivesTheSame() => Check(seed =>
    {
        var random = new Random(seed);
        string[] one = Paths(random);
        string[] two = Paths(random);
        var part = new PathGeneralizer(Small);
        Array.ForEach(one, path => part.Add(path, 0));
        Assert.Equal(Run(Small, one.Concat(two)), Run(Small, part.Collapse(0).Select(p => p.Path).Concat(two)));
    });

    private static void Check(Action<int> law) => FsCheck.Fluent.Prop.ForAll<int>(seed =>
    {
        law(seed);
        return true;
    }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<string> Run(PathThresholds thresholds, IEnumerable<string> paths)
    {
        var generalizer = new PathGeneralizer(thresholds);
        foreach (string path in paths)
        {
            generalizer.Add(path, 0);
        }

        return [.. generalizer.Final().Select(p => p.Path)];
    }

    private static string[] Paths(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(30)).Select(_ =>
            "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(depth => depth == 0 && random.Next(4) == 0 ? "etc" : ((char)('a' + random.Next(5))).ToString()))),
    ];
}
