// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Calls into parts of the kernel.</summary>
public sealed class PrivilegeKernelTests
{
    private const ulong MapCreate = 0;
    private const ulong ProgramLoad = 5;
    private const ulong MapById = 14;
    private const ulong RawTracepointOpen = 17;
    private const ulong RawTracepointProgram = 17;
    private const ulong RawTracepointLink = 1;
    private const ulong ArrayMap = 2;
    private const uint Invalid = 22;

    [Fact]
    public void Bpf_Map_HasTypeIdAndNameOfTheKernelsObject()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "map");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.Bpf);
        Assert.Equal(
            [(MapCreate, ArrayMap, workload.Number("map_id"), 0u), (MapById, ArrayMap, workload.Number("map_id"), 0u), (MapCreate, ArrayMap, 0ul, Invalid)],
            all.Select(one => (one.Record.Arguments[0], one.Record.Arguments[1], one.Record.Arguments[2], one.Record.Error)));
        Assert.All(all, one => Assert.Equal("workload_map", Text(one)));
    }

    [Fact]
    public void Bpf_ProgramAndLink_HaveTypeIdAndName()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "program");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.Bpf);
        CapturedPrivilege load = all[0], link = all.Single(one => one.Record.Arguments[0] == RawTracepointOpen && one.Record.Error == 0);
        Assert.Equal((ProgramLoad, RawTracepointProgram, workload.Number("program_id"), "workload_prog"),
            (load.Record.Arguments[0], load.Record.Arguments[1], load.Record.Arguments[2], Text(load)));
        Assert.Equal((RawTracepointLink, "workload_prog"), (link.Record.Arguments[1], Text(link)));
        Assert.NotEqual(0ul, link.Record.Arguments[2]);
        CapturedPrivilege failed = all[^1];
        Assert.Equal((ProgramLoad, RawTracepointProgram, (uint)workload.Number("load_error"), "workload_prog"),
            (failed.Record.Arguments[0], failed.Record.Arguments[1], failed.Record.Error, Text(failed)));
    }

    [Fact]
    public void Bpf_OfTheAgentItself_IsNotTold()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        using (KernelWatch other = KernelWatch.Start("process"))
        {
            watch.Run("fork_exit");
        }

        Assert.DoesNotContain(watch.Events.Privileges, one => one.Record.Header.Pid == Environment.ProcessId);
    }

    [Fact]
    public void PerfEvents_OpenedAndRefused_HaveTypeConfigAndTarget()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "perf");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.PerfEventOpen);
        Assert.Equal(2, all.Length);
        PrivilegeRecord opened = all[0].Record;
        Assert.Equal((1ul, 3ul, (ulong)workload.Pid, ulong.MaxValue), (opened.Arguments[0], opened.Arguments[1], opened.Arguments[2], opened.Arguments[3]));
        Assert.Equal((workload.Pid, (uint)workload.Number("perf_error")), (opened.TargetPid, opened.Error));
        Assert.Equal((0x7ffffffful, (uint)workload.Number("type_error"), 0u),
            (all[1].Record.Arguments[0], all[1].Record.Error, all[1].Record.TargetPid));
    }

    [Fact]
    public void Keys_AskedRepeatedly_EachOperationOnce()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "keys");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.Keyctl);
        Assert.Equal([0ul, 1ul], all.Select(one => one.Record.Arguments[0]).Distinct());
        Assert.Equal(2, all.Length);
        Assert.Equal(unchecked((ulong)-2L), (ulong)(long)(int)all[0].Record.Arguments[1]);
        Assert.Equal(workload.Number("key_error"), all[1].Record.Error);
    }

    [Fact]
    public void Userfaultfd_Asked_HasFlagsAndError()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "faults");
        PrivilegeRecord record = Assert.Single(Of(watch, workload, PrivilegeOperation.Userfaultfd)).Record;
        Assert.Equal((0x80000ul, (uint)workload.Number("fault_error")), (record.Arguments[0], record.Error));
    }

    [Fact]
    public void IoUring_SetUpAndUsed_EachOpcodeOnce()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_kernel", "rings");
        PrivilegeRecord setup = Assert.Single(Of(watch, workload, PrivilegeOperation.IoUringSetup)).Record;
        Assert.Equal((4ul, (uint)workload.Number("uring_error")), (setup.Arguments[0], setup.Error));
        Assert.Equal(0x10ul, setup.Arguments[1] & 0x10); // IORING_SETUP_CLAMP
        Assert.SkipUnless(setup.Error == 0, $"io_uring is refused here with error {setup.Error}");
        Assert.Equal([0ul, 12ul], Of(watch, workload, PrivilegeOperation.IoUringSubmit).Select(one => one.Record.Arguments[0]));
    }

    [Fact]
    public void Modules_Refused_TellEachTryWithFileOrName()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a module");
            using KernelWatch watch = KernelWatch.Start("process", "privilege");
            Workload workload = watch.Run("privilege_kernel", "modules", file);
            CapturedPrivilege[] loads = Of(watch, workload, PrivilegeOperation.ModuleLoad);
            uint error = (uint)workload.Number("init_error");
            Assert.Equal(
                [(0ul, 12ul, error, string.Empty), (0ul, 12ul, error, string.Empty), (1ul, 12ul, (uint)workload.Number("finit_error"), file)],
                loads.Select(one => (one.Record.Arguments[0], one.Record.Arguments[1], one.Record.Error, Text(one))));
            CapturedPrivilege unload = Assert.Single(Of(watch, workload, PrivilegeOperation.ModuleUnload));
            Assert.Equal((0x800ul, (uint)workload.Number("delete_error"), "workload_module"),
                (unload.Record.Arguments[0], unload.Record.Error, Text(unload)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void KexecAndReboot_Refused_AreTold()
    {
        string file = Path.GetTempFileName();
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "privilege");
            Workload workload = watch.Run("privilege_kernel", "kernels", file);
            CapturedPrivilege[] kexecs = Of(watch, workload, PrivilegeOperation.Kexec);
            Assert.Equal(
                [(0x1000000ul, (uint)workload.Number("kexec_error"), string.Empty), (4ul, (uint)workload.Number("kexec_file_error"), file)],
                kexecs.Select(one => (one.Record.Arguments[0], one.Record.Error, Text(one))));
            PrivilegeRecord reboot = Assert.Single(Of(watch, workload, PrivilegeOperation.Reboot)).Record;
            Assert.Equal(0x12345678ul, reboot.Arguments[0]);
            Assert.True(reboot.Error == (uint)workload.Number("reboot_error") || reboot.Error == 0, "before the call its error is not known");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static CapturedPrivilege[] Of(KernelWatch watch, Workload workload, PrivilegeOperation operation) =>
        [.. watch.Events.Privileges.Where(one => one.Record.Header.Pid == workload.Pid && one.Record.Operation == operation)];

    private static string Text(CapturedPrivilege one) => Encoding.Latin1.GetString(one.Detail);
}
