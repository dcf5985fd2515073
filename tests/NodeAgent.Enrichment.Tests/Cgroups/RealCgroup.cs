// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Cgroups;

namespace NodeAgent.Enrichment.Tests.Cgroups;

/// <summary>The machine's own cgroup2 tree, for tests that make cgroups under a name of their own.</summary>
internal static class RealCgroup
{
    /// <returns>The tree, and a name that is free at its top.</returns>
    public static (CgroupTree Tree, string Name) Require()
    {
        string? point = CgroupTree.FindMountPoint(File.ReadAllText("/proc/self/mountinfo"));
        if (point is null)
        {
            Assert.Skip("no cgroup2 tree is mounted");
        }

        string name = $"node-agent-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory($"{point}/{name}");
            Directory.Delete($"{point}/{name}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"cgroups cannot be made at {point}: {error.Message}");
        }

        return (new CgroupTree(point), name);
    }
}
