// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Memory mapped from a descriptor; unmapped on dispose, after which its pointer must not be used.</summary>
public sealed unsafe class MappedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private MappedMemory(byte* address, ulong lengthBytes)
        : base(ownsHandle: true)
    {
        LengthBytes = lengthBytes;
        SetHandle((nint)address);
    }

    public static int PageSizeBytes { get; } = (int)NativeMethods.GetPageSize();

    /// <summary>Units: bytes. What has to be mapped for so many.</summary>
    public static ulong RoundToPage(ulong bytes) => (bytes + (ulong)PageSizeBytes - 1) / (ulong)PageSizeBytes * (ulong)PageSizeBytes;

    public ulong LengthBytes { get; }

    public byte* Address => (byte*)handle;

    /// <summary>Memory that is shared with whoever else maps the same file.</summary>
    /// <param name="subject">Names the file in errors.</param>
    public static MappedMemory Map(SafeFileHandle file, ulong offset, ulong lengthBytes, bool writable, string subject)
    {
        byte* address = NativeMethods.MapMemory(null, lengthBytes, writable ? 1 : 0, file, offset);
        return address is null ? throw NativeError.Last("map memory of", subject) : new MappedMemory(address, lengthBytes);
    }

    /// <summary>Address space without memory, for <see cref="Replace"/>.</summary>
    public static MappedMemory Reserve(ulong lengthBytes)
    {
        byte* address = NativeMethods.ReserveMemory(lengthBytes);
        return address is null ? throw NativeError.Last("reserve memory") : new MappedMemory(address, lengthBytes);
    }

    /// <summary>Replaces a part of this memory by a part of a file.</summary>
    public void Replace(ulong at, SafeFileHandle file, ulong offset, ulong lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at + lengthBytes, LengthBytes);
        if (NativeMethods.MapMemory(Address + at, lengthBytes, 1, file, offset) is null)
        {
            throw NativeError.Last("map memory");
        }
    }

    /// <summary>An anonymous file in memory (memfd_create).</summary>
    public static SafeFileHandle CreateFile(string name, ulong lengthBytes)
    {
        SafeFileHandle file = NativeMethods.CreateMemoryFile(name, lengthBytes);
        return file.IsInvalid ? throw NativeError.Last("create memory file") : file;
    }

    protected override bool ReleaseHandle() => NativeMethods.UnmapMemory(handle, LengthBytes) == 0;
}
