// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeAgent.Events.Text;

namespace NodeAgent.HostScan.Drift;

/// <summary>Reads the entries of a rule's list from a document.</summary>
internal static class DriftEntries
{
    /// <summary>Units: entries of one list.</summary>
    public const int MaxEntries = 20_000;

    private const int MaxText = 400;

    /// <returns>By key: what is watched of it, and itself; null when the document has no such list.</returns>
    public static Dictionary<string, (string Watched, JsonElement Entry)>? Read(DriftRule rule, JsonElement spec)
    {
        if (At(spec, rule.List) is not { ValueKind: JsonValueKind.Array } list)
        {
            return null;
        }

        var entries = new Dictionary<string, (string, JsonElement)>(StringComparer.Ordinal);
        foreach (JsonElement entry in list.EnumerateArray())
        {
            string key = Cut(string.Join(' ', rule.Key.Select(member => Text(At(entry, member))).Where(text => text.Length > 0)));
            if (key.Length > 0 && entries.Count < MaxEntries && Fits(rule, entry))
            {
                entries.TryAdd(key, (Cut(string.Join(' ', rule.Watched.Select(member => Text(At(entry, member))).Where(text => text.Length > 0))), entry));
            }
        }

        return entries;
    }

    /// <returns>Null when there is no such member.</returns>
    public static JsonElement? At(JsonElement element, string path)
    {
        foreach (string step in path.Split('.'))
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                if (index >= element.GetArrayLength())
                {
                    return null;
                }

                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element;
    }

    public static string Text(JsonElement? element) => element switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => string.Empty,
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } other => other.GetRawText(),
    };

    private static bool Fits(DriftRule rule, JsonElement entry) =>
        (rule.Where is not { } where || Text(At(entry, where.Member)) == where.Value)
        && (rule.Below is not { } below || (At(entry, below.Member) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) && value < below.Limit))
        && (rule.Only is not { } only || only.Contains(Text(At(entry, rule.Key[0])), StringComparer.Ordinal));

    // The end of a long text goes into the comparison as a hash, so that a change there is a change.
    private static string Cut(string text) => text.Length <= MaxText
        ? text
        : $"{CutText.Start(text, MaxText)}… ({Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]})";
}
