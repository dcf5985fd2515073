// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Capabilities;

namespace NodeAgent.Hosting;

/// <summary>The capabilities of this process by name. Source: capabilities(7), linux/capability.h.</summary>
internal static class PrivilegeText
{
    private static IReadOnlyList<string> Names => CapabilityNames.All;

    /// <returns>Shape: names by comma, <c>all</c> or <c>all but …</c> where that is shorter.</returns>
    public static string EffectiveCapabilities()
    {
        ulong set = ulong.Parse(StatusField("CapEff:"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        string[] held = [.. Names.Where((_, bit) => (set >> bit & 1) != 0)];
        string[] missing = [.. Names.Except(held)];
        return missing.Length == 0 ? "all"
            : missing.Length <= Names.Count / 4 ? $"all but {string.Join(", ", missing)}"
            : held.Length == 0 ? "none"
            : string.Join(", ", held);
    }

    /// <returns>Shape: the effective user id.</returns>
    public static string UserId() => StatusField("Uid:").Split('\t', StringSplitOptions.RemoveEmptyEntries)[1];

    private static string StatusField(string key) =>
        File.ReadLines("/proc/self/status").First(l => l.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();
}
