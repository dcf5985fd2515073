// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Handover;

/// <summary>The names below a pin path. Everything else there is not ours, and is never touched.</summary>
/// <remarks>Shape: <c>gen_3/manifest</c>, <c>gen_3/ledger</c>, <c>gen_3/map_na_sent</c>, <c>gen_3/link_process-na_process_exec</c>. A bpffs allows no dots.</remarks>
internal static class PinNames
{
    internal const string Manifest = "manifest";
    internal const string Ledger = "ledger";
    internal const string MapPrefix = "map_";
    internal const string LinkPrefix = "link_";
    private const string GenerationPrefix = "gen_";

    internal static string Generation(int number) => string.Create(CultureInfo.InvariantCulture, $"{GenerationPrefix}{number}");

    internal static bool TryParseGeneration(string name, out int number)
    {
        number = 0;
        return name.StartsWith(GenerationPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(GenerationPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && name == Generation(number);
    }

    internal static string Map(string map) => MapPrefix + map.TrimStart('.').Replace('.', '_');

    internal static string Link(string sensor, string program) => LinkPrefix + sensor + "-" + program;

    /// <summary>The links of what is attached at shared hooks.</summary>
    internal static IEnumerable<string> Heads(SharedHooks shared) => shared.Hooks.Select(hook => Link(shared.ObjectName, hook.Head));

    internal static bool IsOurs(string name) =>
        name is Manifest or Ledger || name.StartsWith(MapPrefix, StringComparison.Ordinal) || name.StartsWith(LinkPrefix, StringComparison.Ordinal);
}
