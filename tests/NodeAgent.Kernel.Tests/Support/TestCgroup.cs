// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>A cgroup of a test's own: what is counted for it, nobody else did.</summary>
internal sealed class TestCgroup : IDisposable
{
    private static int _made;

    public TestCgroup()
    {
        string? root = KernelRequirements.FindCgroupRoot();
        Assert.SkipWhen(root is null, "no cgroup2 tree is mounted");
        Path = System.IO.Path.Combine(root!, $"na-test-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Removes it; what ran in it must have ended.</summary>
    public void Remove()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path);
        }
    }

    public void Dispose() => Remove();
}
