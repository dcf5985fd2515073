// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Descriptors of directories and kernel streams, which .NET's own file types refuse.</summary>
public static class KernelFiles
{
    public static SafeFileHandle OpenDirectory(string path)
    {
        SafeFileHandle directory = NativeMethods.OpenDirectory(path);
        return directory.IsInvalid ? throw NativeError.Last("open directory", path) : directory;
    }

    /// <summary>Locks an open file or directory for this process and for as long as it holds the descriptor (flock).</summary>
    /// <returns>False when another one holds it.</returns>
    public static bool TryLock(SafeFileHandle file) => NativeError.Try(NativeMethods.TryLock(file), Errno.TryAgain, "lock");

    /// <returns>The number of bytes; 0 at the end, -1 when the kernel asks to try again.</returns>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        int read = NativeMethods.Read(file, buffer, (uint)buffer.Length);
        if (read < 0 && Marshal.GetLastPInvokeError() is not (Errno.TryAgain or Errno.Interrupted))
        {
            throw NativeError.Last("read");
        }

        return read;
    }
}

/// <summary>What this process may do.</summary>
public static class ProcessLimits
{
    public static bool IsRoot => NativeMethods.GetEffectiveUid() == 0;

    /// <summary>Lifts RLIMIT_MEMLOCK, against which maps count before Linux 5.11.</summary>
    /// <returns>False when it is not allowed: newer kernels do without it.</returns>
    public static bool TryRaiseLockLimit() => NativeError.Try(NativeMethods.RaiseLockLimit(), Errno.NotPermitted, "raise memory lock limit");
}
