// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Replay;

/// <summary>The folders right below the root that the bytes of a recording name, wherever they stand: paths, arguments, environments, requests.</summary>
internal static partial class TopFolders
{
    // Those of a system (Filesystem Hierarchy Standard, file-hierarchy(7)), and that of the examples.
    private static readonly HashSet<string> Expected =
    [
        "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
        "example",
        "docker", "system.slice", // paths of cgroups
        "latest", // path of an URL
        "none", // what unshare(1) mounts, behind the root that it mounts it at
    ];

    /// <returns>Those that no system has of itself: of the machine that recorded.</returns>
    public static IEnumerable<string> Foreign(ReadOnlySpan<byte> entry)
    {
        string text = Encoding.Latin1.GetString(entry);
        return [.. AbsolutePath().Matches(text).Where(match => !IsExpected(match.Groups[1], text.Length)).Select(match => match.Groups[1].Value)];
    }

    // Texts of a record stand behind each other with nothing between: only the last may have more behind it than its own name.
    private static bool IsExpected(Group name, int end) =>
        Expected.Contains(name.Value) || (name.Index + name.Length == end && Expected.Any(expected => name.Value.StartsWith(expected, StringComparison.Ordinal)));

    // Not in the middle of a path, an URL or an expression. One letter names too little: it may be any number.
    [GeneratedRegex(@"(?<![\w.%:\-]/?)/([A-Za-z0-9._+\-]{2,})(?=[/\0]|\z)")]
    private static partial Regex AbsolutePath();
}
