// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Drift;

/// <summary>The facts with which the next scan is compared. Immutable.</summary>
/// <param name="Number">Grows with each change: with it what was told once more after a crash has the same id.</param>
/// <param name="Facts">Shape: place of a rule → key of an entry → what is watched of it.</param>
public sealed record HostBaseline(long Number, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Facts)
{
    private const int Version = 1;

    public static HostBaseline None { get; } = new(0, new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Compares a scan with this.</summary>
    /// <param name="next">What the next scan is compared with; this itself when nothing is other than it was.</param>
    /// <returns>In the order of the rules and keys. Of what is seen for the first time nothing.</returns>
    /// <remarks>What could not be read stays as it was; of a document that is not whole nothing is gone.</remarks>
    public IReadOnlyList<DriftFinding> Compare(HostScanResult scan, IReadOnlyList<DriftRule> rules, out HostBaseline next)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(rules);
        var findings = new List<DriftFinding>();
        var facts = new Dictionary<string, IReadOnlyDictionary<string, string>>(Facts, StringComparer.Ordinal);
        bool isOther = false;
        foreach (DriftRule rule in rules)
        {
            if (scan.Of(rule.Kind) is not { Spec: { } spec } document)
            {
                continue;
            }

            bool isWhole = document.Error is null;
            Dictionary<string, (string Watched, JsonElement Entry)>? entries = DriftEntries.Read(rule, spec);
            if (entries is null && (!isWhole || !Facts.ContainsKey(rule.Place)))
            {
                continue;
            }

            var now = (entries ?? []).ToDictionary(entry => entry.Key, entry => entry.Value.Watched, StringComparer.Ordinal);
            if (Facts.TryGetValue(rule.Place, out IReadOnlyDictionary<string, string>? before))
            {
                Compare(rule, before, entries ?? [], isWhole, findings);
                Keep(before, now, isWhole);
            }

            isOther |= before is null || before.Count != now.Count || now.Any(fact => before.GetValueOrDefault(fact.Key) != fact.Value);
            facts[rule.Place] = now;
        }

        next = isOther ? new HostBaseline(Number + 1, facts) : this;
        return findings;
    }

    public byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteNumber("number"u8, Number);
            json.WriteStartObject("facts"u8);
            foreach ((string place, IReadOnlyDictionary<string, string> entries) in Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(place);
                foreach ((string key, string watched) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, watched);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <returns>Null when this is no baseline, or one of a newer program.</returns>
    public static HostBaseline? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            return root.GetProperty("version"u8).GetInt32() != Version ? null : new HostBaseline(
                root.GetProperty("number"u8).GetInt64(),
                root.GetProperty("facts"u8).EnumerateObject().ToDictionary(
                    place => place.Name,
                    IReadOnlyDictionary<string, string> (place) => place.Value.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!, StringComparer.Ordinal),
                    StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static void Compare(
        DriftRule rule, IReadOnlyDictionary<string, string> before, Dictionary<string, (string Watched, JsonElement Entry)> entries, bool isWhole, List<DriftFinding> findings)
    {
        foreach ((string key, (string watched, JsonElement entry)) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!before.TryGetValue(key, out string? known))
            {
                findings.Add(new DriftFinding(rule, DriftChange.Appeared, key, null, watched, entry));
            }
            else if (known != watched && known.Length > 0 && watched.Length > 0)
            {
                findings.Add(new DriftFinding(rule, DriftChange.Changed, key, known, watched, entry));
            }
        }

        if (rule.TellsRemoval && isWhole)
        {
            findings.AddRange(before.Where(fact => !entries.ContainsKey(fact.Key)).OrderBy(fact => fact.Key, StringComparer.Ordinal)
                .Select(fact => new DriftFinding(rule, DriftChange.Gone, fact.Key, fact.Value, null, default)));
        }
    }

    // What is not known now is no change, and neither is it forgotten.
    private static void Keep(IReadOnlyDictionary<string, string> before, Dictionary<string, string> now, bool isWhole)
    {
        foreach ((string key, string known) in before)
        {
            if (now.TryGetValue(key, out string? watched))
            {
                now[key] = watched.Length == 0 ? known : watched;
            }
            else if (!isWhole && now.Count < DriftEntries.MaxEntries)
            {
                now[key] = known;
            }
        }
    }
}
