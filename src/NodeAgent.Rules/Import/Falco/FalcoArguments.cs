// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Falco numbers the arguments of each event: here is what they are called.</summary>
/// <remarks>Source: the list of supported events, as they are told when the call is over. The first is always the result.</remarks>
internal static class FalcoArguments
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["execve"] = "res exe args tid pid ptid cwd",
        ["execveat"] = "res exe args tid pid ptid cwd",
        ["open"] = "fd name flags mode",
        ["openat"] = "fd dirfd name flags mode",
        ["openat2"] = "fd dirfd name flags mode",
        ["creat"] = "fd name mode",
        ["open_by_handle_at"] = "fd mountfd flags path",
        ["symlink"] = "res target linkpath",
        ["symlinkat"] = "res target linkdirfd linkpath",
        ["link"] = "res oldpath newpath",
        ["linkat"] = "res olddir oldpath newdir newpath",
        ["rename"] = "res oldpath newpath",
        ["renameat"] = "res olddirfd oldpath newdirfd newpath",
        ["renameat2"] = "res olddirfd oldpath newdirfd newpath",
        ["unlink"] = "res path",
        ["unlinkat"] = "res dirfd name",
        ["mkdir"] = "res path",
        ["mkdirat"] = "res dirfd path",
        ["rmdir"] = "res path",
        ["chmod"] = "res filename mode",
        ["fchmod"] = "res fd mode",
        ["fchmodat"] = "res dirfd filename mode",
        ["chown"] = "res path uid gid",
        ["lchown"] = "res path uid gid",
        ["fchown"] = "res fd uid gid",
        ["fchownat"] = "res dirfd pathname uid gid",
        ["mount"] = "res dev dir type",
        ["umount"] = "res name",
        ["umount2"] = "res name",
        ["bpf"] = "fd cmd",
        ["procexit"] = "status ret",
        ["memfd_create"] = "fd name",
    };

    /// <param name="argument">Shape: digits; else there is no such argument.</param>
    /// <returns>Null when it is not known, or differs between versions of Falco.</returns>
    public static string? NameOf(string eventName, string? argument) =>
        int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && Names.TryGetValue(eventName, out string? names) && names.Split(' ') is var all && number < all.Length
            ? all[number] : null;
}
