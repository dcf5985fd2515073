// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Walks the entries of one open directory, by name, without a string for each.</summary>
/// <remarks>Errors: an errno in <see cref="Error"/> ends it. Not thread-safe; the buffer is the caller's. Source: getdents64(2).</remarks>
/// <param name="buffer">At least 4 KiB.</param>
public ref struct DirectoryEntries(SafeFileHandle directory, Span<byte> buffer)
{
    // Source: struct linux_dirent64: u64 inode, s64 offset, u16 length, u8 type, name.
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private readonly Span<byte> _buffer = buffer;
    private int _filled;
    private int _next;
    private int _length;

    /// <summary>0 = none.</summary>
    public int Error { get; private set; }

    /// <summary>Any bytes but NUL and slash; neither <c>.</c> nor <c>..</c>.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public EntryKind Kind { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (_next == _filled && !Fill())
            {
                return false;
            }

            Span<byte> entry = _buffer[_next.._filled];
            _length = BinaryPrimitives.ReadUInt16LittleEndian(entry[LengthOffset..]);
            Span<byte> name = entry[NameOffset.._length];
            Name = name[..name.IndexOf((byte)0)];
            Kind = entry[TypeOffset] switch { 4 => EntryKind.Directory, 8 => EntryKind.File, 10 => EntryKind.Link, 0 => EntryKind.Unknown, _ => EntryKind.Other };
            _next += _length;
            if (!Name.SequenceEqual("."u8) && !Name.SequenceEqual(".."u8))
            {
                return true;
            }
        }
    }

    /// <summary>Of the current entry; of a link, its own.</summary>
    /// <returns>0, or the errno: it may be gone.</returns>
    public readonly int TryGetFacts(out FileFacts facts)
    {
        int result = NativeMethods.GetFactsOfEntry(directory, NameWithEnd(), out NativeFileFacts native);
        facts = new FileFacts(native);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Reads an extended attribute of the current entry; of a link, its own.</summary>
    /// <param name="attribute">Shape: <c>security.capability</c>, ended by NUL.</param>
    /// <returns>Its length, 0 when there is none, or the errno below zero.</returns>
    public readonly int TryGetAttribute(ReadOnlySpan<byte> attribute, Span<byte> value)
    {
        int length = NativeMethods.GetAttributeOfEntry(directory, NameWithEnd(), attribute, value, (uint)value.Length);
        return length >= 0 ? length : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Opens the current entry, if it is a directory and no link to one.</summary>
    /// <returns>0, or the errno.</returns>
    public readonly int TryOpenDirectory(out SafeFileHandle opened)
    {
        opened = NativeMethods.OpenEntry(directory, NameWithEnd());
        return opened.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    private readonly ReadOnlySpan<byte> NameWithEnd() => _buffer[(_next - _length + NameOffset).._next];

    private bool Fill()
    {
        int read = NativeMethods.ReadDirectory(directory, _buffer, (uint)_buffer.Length);
        Error = read < 0 ? Marshal.GetLastPInvokeError() : 0;
        (_next, _filled) = (0, Math.Max(read, 0));
        return read > 0;
    }
}

/// <summary>What a directory says of an entry; a file system need not say it.</summary>
public enum EntryKind
{
    Unknown,
    File,
    Directory,
    Link,
    Other,
}
