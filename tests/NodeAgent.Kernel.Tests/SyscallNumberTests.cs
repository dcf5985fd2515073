// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>The number of a system call as the kernel takes it, where a caller tries to hide it.</summary>
public sealed class SyscallNumberTests
{
    [Fact]
    public void Open_NumberWithHighBits_IsReported()
    {
        string file = Path.Combine(Path.GetTempPath(), $"na-wide-{Environment.ProcessId}");
        File.WriteAllText(file, "x");
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "file");
            Workload workload = watch.Run("open_wide", file);
            Assert.SkipWhen(workload.Text("wide") == "0", "this kernel refuses such numbers");
            Assert.Single(watch.Events.Opens, open =>
                open.Record.Header.Pid == workload.Pid && Encoding.Latin1.GetString(open.Path) == file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
