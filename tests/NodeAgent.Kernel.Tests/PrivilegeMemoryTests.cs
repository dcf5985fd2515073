// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Memory that becomes executable, and the pattern of a miner in the floating-point unit.</summary>
public sealed class PrivilegeMemoryTests
{
    private const ulong ReadExecute = 5;
    private const ulong ReadWriteExecute = 7;
    private const ulong Private = 2;
    private const ulong PrivateAnonymous = 0x22;

    [Fact]
    public void Memory_MadeExecutable_TellsEachWayOnce()
    {
        // Not on the root's mount: an executable from there is not of the image.
        string file = $"/dev/shm/na-code-{Environment.ProcessId}";
        File.Copy(Workload.PathOf("fork_exit"), file, overwrite: true);
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_memory", file);
        CapturedPrivilege[] maps = Of(watch, workload, PrivilegeOperation.MmapExec);
        CapturedPrivilege anonymous = Assert.Single(maps, one => one.Record.Arguments[2] == ReadWriteExecute);
        Assert.Equal((workload.Number("writable"), 8192ul, PrivateAnonymous), Where(anonymous));
        Assert.Empty(anonymous.Detail);
        Assert.Single(maps, one => Protection(one) == ReadExecute && Text(one) == file && Flags(one) == OpenRecordFlags.None);
        CapturedPrivilege deleted = Assert.Single(maps, one => Flags(one) == OpenRecordFlags.Deleted);
        Assert.Equal((ReadExecute, 8192ul, Private), (Protection(deleted), deleted.Record.Arguments[1], deleted.Record.Arguments[3]));
        Assert.Equal(file, Text(deleted));
        CapturedPrivilege memfd = Assert.Single(maps, one => Flags(one) == (OpenRecordFlags.Deleted | OpenRecordFlags.Memfd));
        Assert.Equal("memfd:code", Text(memfd));
        Assert.Equal(4, maps.Length);

        CapturedPrivilege[] changes = Of(watch, workload, PrivilegeOperation.MprotectExec);
        // That memory which can be executed now was written before is known by looking at the area.
        ulong[] expected = watch.VariantOf("privilege") == "tracepoint-5.8" ? [ReadWriteExecute] : [ReadExecute, ReadWriteExecute];
        Assert.Equal(expected, changes.Select(one => one.Record.Arguments[2]));
        Assert.All(changes, one => Assert.Equal((workload.Number("protected"), 4096ul), (one.Record.Arguments[0], one.Record.Arguments[1])));
    }

    [Fact]
    public void Memory_SameFileInOtherProcess_IsToldOnceForTheContainer()
    {
        string file = $"/dev/shm/na-code-{Environment.ProcessId}";
        File.Copy(Workload.PathOf("fork_exit"), file, overwrite: true);
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "privilege");
            Assert.Single(Of(watch, watch.Run("privilege_memory", file, "keep"), PrivilegeOperation.MmapExec));
            Assert.Empty(Of(watch, watch.Run("privilege_memory", file, "keep"), PrivilegeOperation.MmapExec));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("mine", 1)]
    [InlineData("fast", 0)]
    [InlineData("round", 0)]
    public void Randomx_RoundingModes_OnlyTheMinersAreTold(string mode, int expected)
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("randomx_pattern", mode);
        Assert.SkipUnless(workload.Number("supported") == 1, "the pattern is x86-64's");
        CapturedPrivilege[] found = [.. watch.Events.Privileges.Where(one =>
            one.Record.Header.Pid == workload.Pid && one.Record.Operation == PrivilegeOperation.Randomx)];
        Assert.Equal(expected, found.Length);
        foreach (CapturedPrivilege one in found)
        {
            Assert.Equal(0x9fc0ul, one.Record.Arguments[0] & 0x9fc0);
            Assert.Equal((12ul, 0xeul), (one.Record.Arguments[1], one.Record.Arguments[2]));
            Assert.InRange(one.Record.Arguments[3], 1ul, 60_000_000_000ul);
        }
    }

    // A process of the workload's own namespace did it.
    private static CapturedPrivilege[] Of(KernelWatch watch, Workload workload, PrivilegeOperation operation) =>
        [.. watch.Events.Privileges.Where(one => one.Record.Header.Pid == workload.PidOf("child_pid") && one.Record.Operation == operation)];

    private static ulong Protection(CapturedPrivilege one) => (uint)one.Record.Arguments[2];

    private static OpenRecordFlags Flags(CapturedPrivilege one) => (OpenRecordFlags)(one.Record.Arguments[2] >> 32) & ~OpenRecordFlags.UpperLayer;

    private static (ulong Address, ulong Length, ulong Flags) Where(CapturedPrivilege one) =>
        (one.Record.Arguments[0], one.Record.Arguments[1], one.Record.Arguments[3]);

    private static string Text(CapturedPrivilege one) => Encoding.Latin1.GetString(one.Detail);
}
