// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Tests.Loading;

public sealed class KernelRequirementsTests : IDisposable
{
    private const string AllCapabilities = "000001ffffffffff";
    private const string Cgroup2 = "31 23 0:27 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw\n";

    private readonly string _root = Directory.CreateTempSubdirectory("na-root-").FullName;

    [Fact]
    public void Check_GoodMachine_HasNoProblem()
    {
        Prepare();
        Assert.Empty(KernelRequirements.Check(_root));
        Assert.Equal("/sys/fs/cgroup/unified", KernelRequirements.FindCgroupRoot(_root));
    }

    [Theory]
    [InlineData("5.7.19-generic")]
    [InlineData("4.19.0-26-amd64")]
    public void Check_OldKernel_SaysWhichIsNeeded(string release)
    {
        Prepare(release: release);
        Assert.Equal($"Linux {release} is too old: BPF ring buffers need 5.8 or newer", OnlyFatal());
    }

    [Fact]
    public void Check_NoBtf_SaysSo()
    {
        Prepare(btf: false);
        Assert.Contains("no BTF", OnlyFatal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NotPrivileged_SaysSo()
    {
        Prepare(capabilities: "0000000000000000");
        Assert.StartsWith("not privileged: run as root", OnlyFatal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_BpfAndPerfmonWithoutNetAdmin_IsNotFatal()
    {
        Prepare(capabilities: "000000c000000000");
        RequirementProblem problem = Assert.Single(KernelRequirements.Check(_root));
        Assert.False(problem.IsFatal);
        Assert.Contains("NET_ADMIN", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoCgroup2_IsNotFatal()
    {
        Prepare(mountInfo: "30 23 0:26 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
        Assert.False(Assert.Single(KernelRequirements.Check(_root)).IsFatal);
    }

    [Fact]
    public void Check_EmptyRoot_ReportsAndDoesNotThrow() => Assert.Equal(4, KernelRequirements.Check(_root).Count);

    [Theory]
    [InlineData("6.18.44-fc-v669", 6, 18)]
    [InlineData("5.8", 5, 8)]
    [InlineData("6.1.0-18-amd64\n", 6, 1)]
    [InlineData("5.10+", 5, 10)]
    public void ParseRelease_RealReleases_GivesTwoNumbers(string release, int major, int minor) =>
        Assert.Equal(new Version(major, minor), KernelRequirements.ParseRelease(release));

    [Theory]
    [InlineData("")]
    [InlineData("six.one")]
    [InlineData("6")]
    [InlineData("-1.2")]
    [InlineData("99999999999.1")]
    public void ParseRelease_Garbage_IsNull(string release) => Assert.Null(KernelRequirements.ParseRelease(release));

    [Theory]
    [InlineData("", null)]
    [InlineData("31 23 0:27 / /a rw - cgroup2 cgroup2 rw", "/a")]
    [InlineData("31 23 0:27 / /with\\040space rw - cgroup2 c rw", "/with space")]
    [InlineData("31 23 0:27 / /back\\134slash\\0 rw shared:1 master:2 - cgroup2 c rw", "/back\\slash\\0")]
    [InlineData("31 23 0:27 /part /part rw - cgroup2 c rw\n32 23 0:27 / /own rw - cgroup2 c rw", "/own")]
    [InlineData("31 23 0:27 / /own rw - cgroup2 c rw\n32 23 0:27 /../.. /host rw - cgroup2 c rw", "/host")]
    [InlineData("31 23 0:27 / /tmpfs rw - tmpfs cgroup2 rw", null)]
    [InlineData("- cgroup2\n31 23\n - - - - - - - -", null)]
    public void Find_MountInfo_GivesTheWidestTree(string mountInfo, string? expected) =>
        Assert.Equal(expected, CgroupMount.Find(mountInfo));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string OnlyFatal()
    {
        RequirementProblem problem = Assert.Single(KernelRequirements.Check(_root));
        Assert.True(problem.IsFatal);
        Assert.DoesNotContain('\n', problem.Message);
        return problem.Message;
    }

    private void Prepare(string release = "6.1.0-18-amd64", bool btf = true, string capabilities = AllCapabilities, string mountInfo = Cgroup2)
    {
        Write("proc/sys/kernel/osrelease", release + "\n");
        Write("proc/self/status", $"Name:\tx\nCapPrm:\t{AllCapabilities}\nCapEff:\t{capabilities}\n");
        Write("proc/self/mountinfo", mountInfo);
        if (btf)
        {
            Write("sys/kernel/btf/vmlinux", "btf");
        }
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
