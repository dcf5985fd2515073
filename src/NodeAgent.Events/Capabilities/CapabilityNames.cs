// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Events.Capabilities;

/// <summary>Capabilities as profiles and pod specs write them, without the prefix. Source: linux/capability.h.</summary>
public static class CapabilityNames
{
    /// <summary>A set of capabilities is one u64.</summary>
    public const int Limit = 64;

    private const string Prefix = "CAP_";

    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>Those that have a name, by number.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <returns>Shape: <c>SYS_ADMIN</c>; <c>41</c> for one that is newer than this build.</returns>
    public static string Of(int capability) =>
        (uint)capability < (uint)Names.Length ? Names[capability] : capability.ToString(CultureInfo.InvariantCulture);

    /// <param name="name">Shape: what <see cref="Of"/> gives, any case, with or without <c>CAP_</c>.</param>
    /// <returns>-1 when there is no such capability.</returns>
    public static int NumberOf(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> bare = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
        for (int at = 0; at < Names.Length; at++)
        {
            if (bare.Equals(Names[at], StringComparison.OrdinalIgnoreCase))
            {
                return at;
            }
        }

        return int.TryParse(bare, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= Names.Length && number < Limit ? number : -1;
    }
}
