// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>A directory that stands for the root of a machine: no link, absolute or upwards, leads out of it, and only directories and regular files are opened.</summary>
/// <remarks>
/// Errors: what cannot be had is an errno and no exception, since a path may be anything. <c>EISDIR</c> and <c>ENXIO</c> say that something is there which is no regular
/// file. Paths are text, or bytes as the kernel has them, which need not be text; neither holds a NUL. Any thread may use it. Source: openat2(2), Linux 5.6 (<c>ENOSYS</c> below).
/// </remarks>
public sealed class RootDirectory : IDisposable
{
    private readonly SafeFileHandle _root;

    private RootDirectory(SafeFileHandle root) => _root = root;

    /// <exception cref="BpfException">It is no directory, or may not be read.</exception>
    public static RootDirectory Open(string path) => new(KernelFiles.OpenDirectory(path));

    /// <returns>0, or the errno.</returns>
    public int TryOpenFile(string path, out SafeFileHandle file, out FileFacts facts) => TryOpenFile(Encoding.UTF8.GetBytes(path), out file, out facts);

    /// <returns>0, or the errno.</returns>
    public int TryOpenFile(ReadOnlySpan<byte> path, out SafeFileHandle file, out FileFacts facts)
    {
        file = NativeMethods.OpenFileBelow(_root, WithEnd(path), out NativeFileFacts native);
        facts = new FileFacts(native);
        return ErrorOf(file);
    }

    /// <returns>0, or the errno.</returns>
    public int TryOpenDirectory(string path, out SafeFileHandle directory) => TryOpenDirectory(Encoding.UTF8.GetBytes(path), out directory);

    /// <returns>0, or the errno.</returns>
    public int TryOpenDirectory(ReadOnlySpan<byte> path, out SafeFileHandle directory)
    {
        directory = NativeMethods.OpenDirectoryBelow(_root, WithEnd(path));
        return ErrorOf(directory);
    }

    /// <param name="follow">Whether a link is looked through if it is the last part of the path.</param>
    /// <returns>0, or the errno.</returns>
    public int TryGetFacts(string path, bool follow, out FileFacts facts) => TryGetFacts(Encoding.UTF8.GetBytes(path), follow, out facts);

    /// <param name="follow">Whether a link is looked through if it is the last part of the path.</param>
    /// <returns>0, or the errno.</returns>
    public int TryGetFacts(ReadOnlySpan<byte> path, bool follow, out FileFacts facts)
    {
        int result = NativeMethods.GetFactsBelow(_root, WithEnd(path), follow ? 1 : 0, out NativeFileFacts native);
        facts = new FileFacts(native);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <param name="target">What the link says, as it stands there.</param>
    /// <returns>The length, or the errno below zero.</returns>
    public int TryReadLink(string path, Span<byte> target) => TryReadLink(Encoding.UTF8.GetBytes(path), target);

    /// <param name="target">What the link says, as it stands there.</param>
    /// <returns>The length, or the errno below zero.</returns>
    public int TryReadLink(ReadOnlySpan<byte> path, Span<byte> target) => LengthOf(NativeMethods.ReadLinkBelow(_root, WithEnd(path), target, (uint)target.Length));

    /// <summary>An extended attribute; of a link, its own.</summary>
    /// <returns>The length, or the errno below zero: <c>ENODATA</c> when it has none of the name.</returns>
    public int TryReadAttribute(ReadOnlySpan<byte> path, string name, Span<byte> value) =>
        LengthOf(NativeMethods.GetAttributeBelow(_root, WithEnd(path), name, value, (uint)value.Length));

    public void Dispose() => _root.Dispose();

    private static byte[] WithEnd(ReadOnlySpan<byte> path) => [.. path, 0];

    private static int LengthOf(int length) => length >= 0 ? length : -Marshal.GetLastPInvokeError();

    private static int ErrorOf(SafeFileHandle handle) => handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
}
