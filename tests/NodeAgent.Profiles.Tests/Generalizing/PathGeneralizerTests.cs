// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Generalizing;

public sealed class PathGeneralizerTests
{
    private const string Uuid = "0d7c1f0e-2a57-4c5b-9f0e-1a2b3c4d5e6f";

    private static readonly PathRules Small = new(new PathThresholds(3, [new("/etc", 5), new("/once", 1)]), true);

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
        var paths = Run(CollapseRules.Default.Opens, Enumerable.Range(0, children).Select(i => $"{directory}/f{i}"));
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

    [Fact]
    public void Final_ThresholdOne_IsAStarAtOnce()
    {
        Assert.Equal(["/a", "/once", "/once/*"], Run(Small, ["/once/x/y/z", "/once", "/a"]));
        Assert.Equal(["/once"], Run(Small, ["/once"]));
    }

    [Fact]
    public void Final_StarThatCoversAll_TakesInWhatItCovers()
    {
        var generalizer = new PathGeneralizer<uint>(Small);
        generalizer.Add("/d/*", 1);
        generalizer.Add("/d/a/b", 2);
        generalizer.Add("/d", 4);
        Assert.Equal([("/d", 4u), ("/d/*", 3u)], generalizer.Final());
    }

    [Fact]
    public void Final_GeneratedName_MakesItsDirectoryDynamicAtOnce()
    {
        Assert.Equal(["/data/⋯/log"], Run(Small, [$"/data/{Uuid}/log"]));
        Assert.Equal(["/data/⋯/log", "/data/⋯/x"], Run(Small, [$"/data/{Uuid}/log", "/data/named/x"]));
        Assert.Equal(["/srv/log/⋯"], Run(Small, ["/srv/log/access-2026-11-21.log", "/srv/log/access.log"]));
        Assert.Equal([$"/data/{Uuid}/log"], Run(Small with { RecognizesNames = false }, [$"/data/{Uuid}/log"]));
    }

    [Fact]
    public void Final_GeneratedNameWhereNamesMatter_StaysItself() =>
        Assert.Equal([$"/{Uuid}/a", "/etc/backup-20261121", "/etc/passwd"], Run(Small, ["/etc/passwd", "/etc/backup-20261121", $"/{Uuid}/a"]));

    [Fact]
    public void Final_Literals_AreKeptAndNeverFolded()
    {
        string[] paths = [.. Enumerable.Range(0, 9).Select(i => $"/lib/f{i}"), "/once/kept", "/once/other", "/lib/kept.so"];
        var generalizer = new PathGeneralizer<uint>(Small with { Literals = new LiteralPaths(["/lib/kept.so", "/once/kept", "/never/opened"]) });
        Array.ForEach(paths, path => generalizer.Add(path, 1));
        generalizer.Add("/lib/kept.so", 2);
        Assert.Equal([("/lib/kept.so", 3u), ("/lib/⋯", 1u), ("/once/*", 1u), ("/once/kept", 1u)], generalizer.Final());
    }

    [Fact]
    public void For_Pattern_IsTheLeastOfWhatItStandsFor()
    {
        var thresholds = new PathThresholds(50, [new("/a/b", 7), new("/a", 9), new("/a", 8), new("/c/d/e", 0)]);
        Assert.Equal([50, 9, 9, 7, 7, 7, 9, 50], ((string[])["", "/a", "/⋯", "/⋯/⋯", "/a/⋯", "/a/b/x", "/a/x", "/c/d/e"]).Select(thresholds.For));
    }

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
        var generalizer = new PathGeneralizer<uint>(Small);
        for (int i = 0; i < 4; i++)
        {
            generalizer.Add($"/a/{i}", 1u << i);
        }

        Assert.Equal([("/a/⋯", 15u)], generalizer.Final());
    }

    [Fact]
    public void Final_PathOfThousandsOfSegments_DoesNotOverflowTheStack() =>
        Assert.Single(Run(Small, ["/" + string.Join('/', Enumerable.Repeat("a", 2047))]));

    private static IReadOnlyList<string> Run(PathRules rules, IEnumerable<string> paths)
    {
        var generalizer = new PathGeneralizer<uint>(rules);
        foreach (string path in paths)
        {
            generalizer.Add(path, 0);
        }

        return [.. generalizer.Final().Select(p => p.Path)];
    }
}
