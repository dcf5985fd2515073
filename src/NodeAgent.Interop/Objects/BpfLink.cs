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

    public void Dispose() => _handle.Dispose();
}
