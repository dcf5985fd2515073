// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Pins;

/// <summary>A pinned link, opened. Closing it leaves the pin, and so the program, where it is.</summary>
public sealed class PinnedLink : IDisposable
{
    private readonly SafeFileHandle _handle;

    private PinnedLink(SafeFileHandle handle, in NativeLinkInfo info)
    {
        _handle = handle;
        Id = info.Id;
        ProgramId = info.ProgramId;
    }

    /// <summary>Its number in <c>bpftool link</c>.</summary>
    public uint Id { get; }

    /// <summary>The number of its program.</summary>
    public uint ProgramId { get; }

    /// <exception cref="BpfException">There is no such pin (ENOENT), or it is not a link's (EINVAL).</exception>
    public static PinnedLink Open(string path)
    {
        SafeFileHandle handle = BpfPin.Open(path, PinKind.Link);
        if (NativeMethods.GetLinkInfo(handle, out NativeLinkInfo info) < 0)
        {
            BpfException error = NativeError.Last("read information on link", path);
            handle.Dispose();
            throw error;
        }

        return new PinnedLink(handle, in info);
    }

    /// <returns>Whether the kernel still has a link with this number; null when this process may not ask (it takes CAP_SYS_ADMIN).</returns>
    public static bool? Exists(uint id)
    {
        int result = NativeMethods.LinkExists(id);
        return result < 0 ? null : result > 0;
    }

    public void Dispose() => _handle.Dispose();
}
