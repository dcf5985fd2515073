// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Interop.Tests.Platform;

public sealed class PlatformTests
{
    [Fact]
    public void NowNs_AgreesWithUptime()
    {
        double uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(BootClock.NowNs / 1e9, uptime - 0.02, uptime + 60);
        ulong first = BootClock.NowNs;
        BootClock.Sleep(1_000_000);
        Assert.True(BootClock.NowNs - first >= 1_000_000);
    }

    [Fact]
    public unsafe void Replace_SameFileTwice_ShowsTheSameBytes()
    {
        ulong page = (ulong)MappedMemory.PageSizeBytes;
        using SafeFileHandle file = MappedMemory.CreateFile("test", page);
        using MappedMemory memory = MappedMemory.Reserve(2 * page);
        memory.Replace(0, file, 0, page);
        memory.Replace(page, file, 0, page);
        memory.Address[5] = 42;
        Assert.Equal(42, memory.Address[page + 5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Replace(page + 1, file, 0, page));
    }

    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-3\n", 4)]
    [InlineData("0-3,8-11\n", 12)]
    [InlineData("0,2\n", 3)]
    [InlineData("", 0)]
    [InlineData("0-x", 0)]
    [InlineData("0-2147483647", 0)]
    [InlineData("0-99999999999", 0)]
    public void ParseLimit_CpuList_IsOneAboveTheLast(string list, int limit) => Assert.Equal(limit, Cpus.ParseLimit(list));

    [Fact]
    public void OnlineLimit_IsBetweenOneAndThePossible() => Assert.InRange(Cpus.OnlineLimit, 1, Cpus.PossibleCount);

    [Theory]
    [InlineData("pos:\t0\nmemlock:\t4096\nmap_id:\t5\n", 4096)]
    [InlineData("pos:\t0\n", 0)]
    [InlineData("memlock:\tmuch\n", 0)]
    [InlineData("", 0)]
    public void ParseLockedMemory_FdInfo_IsBytesOrNothing(string text, long bytes) => Assert.Equal(bytes, LockedMemory.Parse(text));

    [Fact]
    public void Map_ClosedFile_Throws()
    {
        SafeFileHandle file = MappedMemory.CreateFile("test", 4096);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => MappedMemory.Map(file, 0, 4096, writable: false, "test"));
    }

    [Fact]
    public void OpenDirectory_NotThere_NamesItAndTheError()
    {
        BpfException exception = Assert.Throws<BpfException>(() => KernelFiles.OpenDirectory("/no/such/directory"));
        Assert.Equal("open directory /no/such/directory: ENOENT", exception.Message);
        Assert.Equal("open directory /proc/version: ENOTDIR", Assert.Throws<BpfException>(() => KernelFiles.OpenDirectory("/proc/version")).Message);
    }

    [Fact]
    public void Wait_NothingReady_ReturnsFalseAfterItsTime()
    {
        using var epoll = new Epoll();
        long began = Stopwatch.GetTimestamp();
        Assert.False(epoll.Wait(5));
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(4));
    }

    [Fact]
    public void Add_FileThatCannotBeWaitedFor_Throws()
    {
        using var epoll = new Epoll();
        using SafeFileHandle regular = MappedMemory.CreateFile("test", 1);
        Assert.Equal("add to epoll: EPERM", Assert.Throws<BpfException>(() => epoll.Add(regular)).Message);
    }
}
