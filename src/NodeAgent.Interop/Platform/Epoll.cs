// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Waits for any of several descriptors, edge-triggered.</summary>
public sealed class Epoll : IDisposable
{
    private readonly SafeFileHandle _handle;

    public Epoll()
    {
        _handle = NativeMethods.CreateEpoll();
        if (_handle.IsInvalid)
        {
            throw NativeError.Last("create epoll");
        }
    }

    public void Add(SafeFileHandle file) => NativeError.Check(NativeMethods.AddToEpoll(_handle, file), "add to epoll");

    /// <param name="timeoutMs">Units: ms; 0 = look only.</param>
    /// <returns>True when something became ready; false after the time or a signal.</returns>
    public bool Wait(int timeoutMs)
    {
        int ready = NativeMethods.WaitForEpoll(_handle, timeoutMs);
        if (ready < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
        {
            throw NativeError.Last("wait for epoll");
        }

        return ready > 0;
    }

    public void Dispose() => _handle.Dispose();
}
