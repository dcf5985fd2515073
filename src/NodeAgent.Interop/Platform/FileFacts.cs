// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>What stat(2) says of a file.</summary>
/// <param name="SizeBytes">Units: bytes.</param>
/// <param name="ModifiedNs">Units: ns since 1970.</param>
/// <param name="ChangedNs">Units: ns since 1970; of the inode, which no caller can set back.</param>
/// <param name="Mode">Shape: type and permission bits, as st_mode.</param>
public readonly record struct FileFacts(ulong Device, ulong Inode, ulong SizeBytes, long ModifiedNs, long ChangedNs, uint Mode, uint Uid, uint Gid, uint Links)
{
    /// <summary>The bits of <see cref="Mode"/> that say what kind of file it is.</summary>
    public const uint TypeMask = 0xF000;

    internal FileFacts(in NativeFileFacts facts)
        : this(facts.Device, facts.Inode, facts.Size, facts.ModifiedNs, facts.ChangedNs, facts.Mode, facts.Uid, facts.Gid, facts.Links)
    {
    }

    /// <summary>Of an open file, as it is now.</summary>
    public static FileFacts Of(SafeFileHandle file)
    {
        NativeError.Check(NativeMethods.GetFacts(file, out NativeFileFacts facts), "get facts of file");
        return new FileFacts(facts);
    }

    /// <summary>The device as the kernel has it inside: major &lt;&lt; 20 | minor, and not as stat(2) spreads it.</summary>
    /// <remarks>Source: linux/kdev_t.h, sys/sysmacros.h.</remarks>
    public uint KernelDevice => (uint)(((Device >> 8) & 0xFFF) << 20 | (Device & 0xFF) | ((Device >> 12) & 0xFFF00));

    /// <summary>Shape: the twelve bits that chmod(2) sets.</summary>
    public uint Permissions => Mode & 0xFFF;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;
}
