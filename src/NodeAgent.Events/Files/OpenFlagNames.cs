// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace NodeAgent.Events.Files;

/// <summary>The names of the flags of open(2).</summary>
/// <remarks>Source: asm-generic/fcntl.h; arm and arm64 have O_DIRECTORY, O_NOFOLLOW, O_DIRECT and O_LARGEFILE at other bits.</remarks>
public static class OpenFlagNames
{
    private const uint Sync = 0x101000;
    private const uint DataSync = 0x1000;

    /// <summary>All flags but the access modes, which are values and not bits. O_SYNC holds O_DSYNC.</summary>
    public static IReadOnlyList<(uint Bits, string Name)> Bits { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm
            ? [.. Common(), (0x4000, "O_DIRECTORY"), (0x8000, "O_NOFOLLOW"), (0x10000, "O_DIRECT"), (0x20000, "O_LARGEFILE")]
            : [.. Common(), (0x4000, "O_DIRECT"), (0x8000, "O_LARGEFILE"), (0x10000, "O_DIRECTORY"), (0x20000, "O_NOFOLLOW")];

    /// <summary>Indexed by the access mode.</summary>
    public static IReadOnlyList<string> AccessModes { get; } = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"];

    /// <param name="flags">Shape: the caller's flags word.</param>
    /// <returns>The access mode, then the names of the bits; bits without a name are left out.</returns>
    public static IReadOnlyList<string> Of(uint flags)
    {
        var names = new List<string>(4) { AccessModes[(int)(flags & 3)] };
        foreach ((uint bits, string name) in Bits)
        {
            if ((flags & bits) == bits && !(bits == DataSync && (flags & Sync) == Sync))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static (uint Bits, string Name)[] Common() =>
    [
        (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"), (0x200, "O_TRUNC"), (0x400, "O_APPEND"), (0x800, "O_NONBLOCK"),
        (DataSync, "O_DSYNC"), (0x2000, "O_ASYNC"), (0x40000, "O_NOATIME"), (0x80000, "O_CLOEXEC"), (Sync, "O_SYNC"), (0x200000, "O_PATH"),
        (0x400000, "O_TMPFILE"),
    ];
}
