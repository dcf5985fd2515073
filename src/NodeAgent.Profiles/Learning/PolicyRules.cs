// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Profiles.Learning;

/// <summary>The rules that a profile can allow by process, and what they tell of. Source: the published rules.</summary>
internal static class PolicyRules
{
    /// <summary>Soft link over a sensitive file.</summary>
    public const string SoftLink = "R1010";

    /// <summary>Hooks of the dynamic linker.</summary>
    public const string LinkerHook = "R1011";

    /// <summary>Hard link over a sensitive file.</summary>
    public const string HardLink = "R1012";

    public const string IoUring = "R1030";

    private static ReadOnlySpan<byte> PreloadFile => "/etc/ld.so.preload"u8;

    /// <param name="environment">Shape: <c>NAME=VALUE</c> and a NUL each.</param>
    public static bool HooksLinker(ReadOnlySpan<byte> environment)
    {
        while (!environment.IsEmpty)
        {
            if (environment.StartsWith("LD_PRELOAD="u8) || environment.StartsWith("LD_LIBRARY_PATH="u8) || environment.StartsWith("LD_AUDIT="u8))
            {
                return true;
            }

            int end = environment.IndexOf((byte)0);
            environment = end < 0 ? [] : environment[(end + 1)..];
        }

        return false;
    }

    /// <param name="flags">Shape: the caller's flags of open(2).</param>
    public static bool HooksLinker(ReadOnlySpan<byte> path, uint flags) => flags != 0 && path.SequenceEqual(PreloadFile);

    /// <param name="target">What the link leads to.</param>
    /// <returns>Null: no rule tells of it.</returns>
    public static string? OfLink(FileOperation operation, ReadOnlySpan<byte> target) =>
        !target.StartsWith("/etc/shadow"u8) && !target.StartsWith("/etc/sudoers"u8) ? null
        : operation == FileOperation.Symlink ? SoftLink
        : operation == FileOperation.Link ? HardLink
        : null;
}
