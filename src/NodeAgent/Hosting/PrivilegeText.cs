// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Hosting;

/// <summary>The capabilities of this process by name. Source: capabilities(7), linux/capability.h.</summary>
internal static class PrivilegeText
{
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
        "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
        "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
        "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <returns>Shape: names by comma, <c>all</c> or <c>all but …</c> where that is shorter.</returns>
    public static string EffectiveCapabilities()
    {
        ulong set = ulong.Parse(StatusField("CapEff:"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        string[] held = [.. Names.Where((_, bit) => (set >> bit & 1) != 0)];
        string[] missing = [.. Names.Except(held)];
        return missing.Length == 0 ? "all"
            : missing.Length <= Names.Length / 4 ? $"all but {string.Join(", ", missing)}"
            : held.Length == 0 ? "none"
            : string.Join(", ", held);
    }

    /// <returns>Shape: the effective user id.</returns>
    public static string UserId() => StatusField("Uid:").Split('\t', StringSplitOptions.RemoveEmptyEntries)[1];

    private static string StatusField(string key) =>
        File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();
}
