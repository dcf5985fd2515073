// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Files;

/// <summary>The kind of file that a mode tells. Source: inode(7).</summary>
public static class FileTypes
{
    private const uint Mask = 0xF000;
    private const uint Regular = 0x8000;

    /// <returns>True for a regular file, and where the kernel had no object at hand: then the mode is the one that was asked for, without a type.</returns>
    public static bool MayBeRegular(uint mode) => (mode & Mask) is Regular or 0;
}
