// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NodeAgent.Enrichment.Cgroups;

/// <summary>Inode numbers of directories, which .NET does not offer.</summary>
/// <remarks>
/// statx(2) and not stat(2), because its buffer has one layout on all architectures. Declared here and not in Interop
/// because this project may not use that one; the blittable arguments need no unsafe code.
/// </remarks>
internal static class DirectoryInode
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint MaskInode = 0x100;
    private const int BufferSize = 256;
    private const int InodeOffset = 0x20;
    private const int MaskOffset = 0;

    public static bool TryGet(ReadOnlySpan<byte> mountPoint, ReadOnlySpan<byte> path, out ulong inode)
    {
        inode = 0;
        byte[] name = new byte[mountPoint.Length + path.Length + 1];
        mountPoint.CopyTo(name);
        path.CopyTo(name.AsSpan(mountPoint.Length));
        Span<byte> buffer = stackalloc byte[BufferSize];
        if (Statx(CurrentDirectory, ref name[0], NoFollow, MaskInode, ref MemoryMarshal.GetReference(buffer)) != 0
            || (Read32(buffer[MaskOffset..]) & MaskInode) == 0)
        {
            return false;
        }

        inode = BitConverter.ToUInt64(buffer[InodeOffset..]);
        return true;
    }

    private static uint Read32(ReadOnlySpan<byte> bytes) => BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt32BigEndian(bytes);

#pragma warning disable SYSLIB1054 // LibraryImport would need unsafe code, which only Interop and Bpf may hold.
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    private static extern int Statx(int directory, ref byte path, int flags, uint mask, ref byte buffer);
#pragma warning restore SYSLIB1054
}
