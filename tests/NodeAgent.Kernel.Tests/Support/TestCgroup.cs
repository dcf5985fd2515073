// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>A cgroup that plays a container; removed on dispose, when its processes have ended.</summary>
internal sealed class TestCgroup : IDisposable
{
    private static int _count;

    public TestCgroup()
    {
        string? root = KernelRequirements.FindCgroupRoot();
        Assert.SkipWhen(root is null, "no cgroup2 tree is mounted");
        Path = System.IO.Path.Combine(root!, $"na-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path);
}
