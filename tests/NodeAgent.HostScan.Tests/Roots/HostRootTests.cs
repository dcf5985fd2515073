// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Tests.Roots;

public sealed class HostRootTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("etc/hostname")]
    [InlineData("/etc/../etc/./hostname")]
    [InlineData("/../../etc/hostname")]
    public void Read_File_IsThatOfTheRoot(string path)
    {
        using HostRoot root = _tree.File("/etc/hostname", "inside\n").Open();

        Assert.Equal("inside\n", root.Read(path).Text);
    }

    // What a link says is meant below the host's root, as the host itself means it.
    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("../../../../../../../etc/hostname")]
    public void Read_LinkThatWouldLeadOut_EndsInside(string target)
    {
        using HostRoot root = _tree.File("/etc/hostname", "inside").Link("/a/b/link", target).Open();

        Assert.Equal("inside", root.Read("/a/b/link").Text);
        Assert.Equal(target, root.ReadLink("/a/b/link"));
    }

    [Fact]
    public void Read_LinkToAFileOfThisMachineOnly_IsMissing()
    {
        using HostRoot root = _tree.Link("/out", "/etc/passwd").Link("/folder", "/etc").Open();

        Assert.Equal(ReadProblem.Missing, root.Read("/out").Problem);
        Assert.Equal(ReadProblem.Missing, root.Read("/folder/passwd").Problem);
        Assert.Equal(ReadProblem.Missing, root.List("/folder", 10, out _));
    }

    [Fact]
    public void Read_WhatIsNoFile_IsAProblemAndDoesNotWait()
    {
        _tree.Link("/circle/a", "b").Link("/circle/b", "a");
        using (Process made = Process.Start("mkfifo", [_tree.At("/fifo")]))
        {
            made.WaitForExit();
        }

        using HostRoot root = _tree.Open();

        Assert.Equal(ReadProblem.BadPath, root.Read("/circle/a").Problem);
        Assert.Equal(ReadProblem.NotRegular, root.Read("/fifo").Problem);
        Assert.Equal(ReadProblem.NotRegular, root.Read("/circle").Problem);
        Assert.Equal(ReadProblem.BadPath, root.Read("/etc/\0hostname").Problem);
        Assert.Equal(ReadProblem.BadPath, root.Read(string.Empty).Problem);
        Assert.Equal(ReadProblem.BadPath, root.Read("/" + new string('a', 5000)).Problem);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4096, false)]
    [InlineData(4097, true)]
    [InlineData(100_000, true)]
    public void Read_LongFile_IsCut(int length, bool isCut)
    {
        using HostRoot root = _tree.File("/file", new byte[length]).Open();

        HostFileBytes read = root.Read("/file", 4096);

        Assert.Equal((Math.Min(length, 4096), isCut), (read.Bytes.Length, read.IsCut));
    }

    // Files of the kernel say that they are empty.
    [Fact]
    public void Read_FileOfTheKernel_IsWhole()
    {
        using HostRoot root = HostRoot.Open("/");

        HostFileBytes read = root.Read("/proc/self/mountinfo", 10 << 20);

        Assert.Equal(0UL, read.Facts.SizeBytes);
        Assert.Contains(" /proc ", read.Text, StringComparison.Ordinal);
        // Programs of BPF come and go there while others run tests.
        Assert.True(SpinWait.SpinUntil(() => System.IO.File.ReadAllText("/proc/kallsyms").Length == root.Read("/proc/kallsyms", 100 << 20).Bytes.Length, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void List_Directory_IsSortedAndBounded()
    {
        using HostRoot root = _tree.File("/d/c", "").File("/d/a", "").File("/d/b", "").Open();

        Assert.Equal(ReadProblem.None, root.List("/d", 10, out IReadOnlyList<string> all));
        Assert.Equal(["a", "b", "c"], all);
        root.List("/d", 2, out IReadOnlyList<string> some);
        Assert.Equal(2, some.Count);
    }

    [Fact]
    public void Open_RootWithoutProc_TakesThatOfTheMachine()
    {
        Directory.Delete(_tree.At("/proc"), recursive: true);
        using HostRoot root = _tree.Open();

        Assert.False(root.HasOwnProc);
        Assert.StartsWith("Linux version", root.ReadLine("/proc/version"), StringComparison.Ordinal);
    }
}
