// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Objects;

/// <summary>An attached program: it runs until this is disposed.</summary>
public sealed class BpfLink : IDisposable
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

    /// <summary>Gives it a name in a bpffs: the program then runs on when this is disposed and when the process ends.</summary>
    /// <exception cref="BpfException">EINVAL: this kernel cannot pin links of this kind.</exception>
    public void Pin(string path)
    {
        int fd = NativeError.Check(NativeMethods.GetLinkFd(_handle), "find link of", Program);
        NativeError.Check(NativeMethods.CreatePin(fd, path), "pin link of", Program);
        _pinned = true;
    }

    /// <summary>Undoes what <see cref="Pin"/> says of dispose; the caller removes the name.</summary>
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
