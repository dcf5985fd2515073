// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Cgroups;

namespace NodeAgent.Enrichment.Tests.Cgroups;

public sealed class CgroupTreeTests
{
    [Theory]
    [InlineData("38 31 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup/unified")]
    [InlineData("29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup")]
    [InlineData("1 2 0:1 /a /first rw - cgroup2 c rw\n2 2 0:1 / /whole\\040tree rw - cgroup2 c rw\n", "/whole tree")]
    [InlineData("1 2 0:1 /a /part rw - cgroup2 c rw\n", "/part")]
    [InlineData("30 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", null)]
    [InlineData("garbage\n- -\n1 2 3 4 5 6 -\n", null)]
    [InlineData("", null)]
    public void FindMountPoint_Row_GivesTheFullestCgroup2Mount(string mountInfo, string? expected) =>
        Assert.Equal(expected, CgroupTree.FindMountPoint(mountInfo));

    [Theory]
    [InlineData("9:name=systemd:/\n4:memory:/x\n0::/kubepods/a\n", "/kubepods/a")]
    [InlineData("0::/a (deleted)\n", "/a")]
    [InlineData("0::/../../b\n", null)]
    [InlineData("1:cpu:/\n", null)]
    [InlineData("", null)]
    public void ParseProcCgroup_Row_GivesTheUnifiedPath(string text, string? expected) =>
        Assert.Equal(expected, CgroupTree.ParseProcCgroup(text));

    [Fact]
    public void Walk_RealTree_FindsACgroupMadeHereWithItsInode()
    {
        (CgroupTree tree, string name) = RealCgroup.Require();
        string path = $"{tree.MountPoint}/{name}/sub\\x2dgroup";
        Directory.CreateDirectory(path);
        try
        {
            string text = $"/{name}/sub\\x5Cx2dgroup"; // ByteText of the backslash before an x

            Assert.True(tree.TryGetId(text, out ulong id));
            Assert.Contains(new CgroupDirectory(text, id), tree.Walk(100_000));
            Assert.Equal(new CgroupDirectory("/", CgroupTree.RootId), tree.Walk(1).Single());
            Assert.True(tree.TryGetId($"/{name}", out ulong parent));
            Assert.NotEqual(id, parent);
            Assert.False(tree.TryGetId($"/{name}/none", out _));
        }
        finally
        {
            Directory.Delete(path);
            Directory.Delete($"{tree.MountPoint}/{name}");
        }
    }

    [Fact]
    public void PathOf_RealProcess_IsACgroupOfTheTree()
    {
        (CgroupTree tree, _) = RealCgroup.Require();

        string? path = tree.PathOf((uint)Environment.ProcessId);

        Assert.NotNull(path);
        Assert.True(tree.TryGetId(path, out _));
        Assert.Null(tree.PathOf(0x7fffffff));
    }
}
