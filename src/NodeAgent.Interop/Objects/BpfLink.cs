// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Objects;

/// <summary>A program that is attached to its hook.</summary>
public sealed class BpfLink : IAttachedProgram
{
    private readonly LinkHandle _handle;
    private bool _pinned;

    internal BpfLink(LinkHandle handle, string program)
    {
        _handle = handle;
        Program = program;
    }

    public string Program { get; }

    /// <summary>Starts one walk of an attached iterator; read the result to its end.</summary>
    public SafeFileHandle OpenIterator()
    {
        int fd = NativeError.Check(NativeMethods.GetLinkFd(_handle), "find link of", Program);
        SafeFileHandle walk = NativeMethods.CreateIterator(fd);
        return walk.IsInvalid ? throw NativeError.Last("start iterator", Program) : walk;
    }

    public void Pin(string path)
    {
        int fd = NativeError.Check(NativeMethods.GetLinkFd(_handle), "find link of", Program);
        NativeError.Check(NativeMethods.CreatePin(fd, path), "pin link of", Program);
        _pinned = true;
    }

    public void Unpin() => _pinned = false;

    public void Dispose()
    {
        if (_pinned && !_handle.IsClosed)
        {
            _ = NativeMethods.KeepLink(_handle);
        }

        _handle.Dispose();
    }
}
