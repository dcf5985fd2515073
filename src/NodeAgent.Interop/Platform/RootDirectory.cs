// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>A directory that stands for the root of a machine: no link, absolute or upwards, leads out of it, and only directories and regular files are opened.</summary>
/// <remarks>
/// Errors: what cannot be had is an errno and no exception, since a path may be anything. <c>EISDIR</c> and <c>ENXIO</c> say that something is there which is no regular
/// file. Any thread may use it. Source: openat2(2), Linux 5.6 (<c>ENOSYS</c> below).
/// </remarks>
public sealed class RootDirectory : IDisposable
{
    private readonly SafeFileHandle _root;

    private RootDirectory(SafeFileHandle root) => _root = root;

    /// <exception cref="BpfException">It is no directory, or may not be read.</exception>
    public static RootDirectory Open(string path) => new(KernelFiles.OpenDirectory(path));

    /// <returns>0, or the errno.</returns>
    public int TryOpenFile(string path, out SafeFileHandle file, out FileFacts facts)
    {
        file = NativeMethods.OpenFileBelow(_root, path, out NativeFileFacts native);
        facts = new FileFacts(native);
        return ErrorOf(file);
    }

    /// <returns>0, or the errno.</returns>
    public int TryOpenDirectory(string path, out SafeFileHandle directory)
    {
        directory = NativeMethods.OpenDirectoryBelow(_root, path);
        return ErrorOf(directory);
    }

    /// <param name="follow">Whether a link is looked through if it is the last part of the path.</param>
    /// <returns>0, or the errno.</returns>
    public int TryGetFacts(string path, bool follow, out FileFacts facts)
    {
        int result = NativeMethods.GetFactsBelow(_root, path, follow ? 1 : 0, out NativeFileFacts native);
        facts = new FileFacts(native);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <param name="target">What the link says, as it stands there.</param>
    /// <returns>The length, or the errno below zero.</returns>
    public int TryReadLink(string path, Span<byte> target)
    {
        int length = NativeMethods.ReadLinkBelow(_root, path, target, (uint)target.Length);
        return length >= 0 ? length : -Marshal.GetLastPInvokeError();
    }

    public void Dispose() => _root.Dispose();

    private static int ErrorOf(SafeFileHandle handle) => handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
}
