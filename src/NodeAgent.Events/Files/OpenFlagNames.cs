// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Files;

/// <summary>The names of the flags of open(2).</summary>
/// <remarks>Source: asm-generic/fcntl.h, which x86-64 shares but for O_DIRECT, O_DIRECTORY and O_NOFOLLOW's values on arm64.</remarks>
public static class OpenFlagNames
{
    private static readonly (uint Bit, string Name)[] Names =
    [
        (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"), (0x200, "O_TRUNC"), (0x400, "O_APPEND"),
        (0x800, "O_NONBLOCK"), (0x1000, "O_DSYNC"), (0x40000, "O_NOATIME"), (0x80000, "O_CLOEXEC"), (0x200000, "O_PATH"),
    ];

    // arm64 swaps these three with O_LARGEFILE's place.
    private static readonly (uint Bit, string Name)[] MachineNames =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? [(0x10000, "O_DIRECT"), (0x4000, "O_DIRECTORY"), (0x8000, "O_NOFOLLOW")]
            : [(0x4000, "O_DIRECT"), (0x10000, "O_DIRECTORY"), (0x20000, "O_NOFOLLOW")];

    public static IReadOnlyList<string> Of(uint flags)
    {
        var names = new List<string>(4)
        {
            (flags & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", 2 => "O_RDWR", _ => "O_ACCMODE" },
        };
        foreach ((uint bit, string name) in Names)
        {
            if ((flags & bit) != 0)
            {
                names.Add(name);
            }
        }

        foreach ((uint bit, string name) in MachineNames)
        {
            if ((flags & bit) != 0)
            {
                names.Add(name);
            }
        }

        return names;
    }
}
