// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Makes the kernel count runs and run time of every BPF program of the machine, while it is open.</summary>
/// <remarks>Each run of each program then reads the clock twice. Source: BPF_ENABLE_STATS of bpf(2), Linux 5.8.</remarks>
public sealed class RunStatistics : IDisposable
{
    private readonly SafeFileHandle _handle;

    private RunStatistics(SafeFileHandle handle)
    {
        _handle = handle;
    }

    /// <exception cref="BpfException">EPERM without CAP_SYS_ADMIN.</exception>
    public static RunStatistics Enable()
    {
        SafeFileHandle handle = NativeMethods.EnableStatistics();
        return handle.IsInvalid ? throw NativeError.Last("switch on program statistics") : new RunStatistics(handle);
    }

    public void Dispose() => _handle.Dispose();
}
