// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Names;

namespace NodeAgent.Profiles.Deltas;

/// <summary>Reads annotations of a chunk, and keeps the first thing that is wrong with them.</summary>
internal sealed class ChunkText(IReadOnlyDictionary<string, string> annotations)
{
    private const int MaxShown = 64;

    public ChunkProblem? Problem { get; private set; }

    public bool Has(string key) => annotations.ContainsKey(key);

    public string Text(string key, int maxLength)
    {
        string text = Optional(key, maxLength);
        if (text.Length == 0)
        {
            Refuse(key, "must be given");
        }

        return text;
    }

    public string Optional(string key, int maxLength)
    {
        string text = annotations.GetValueOrDefault(key) ?? string.Empty;
        if (text.Length > maxLength || text.Any(char.IsControl))
        {
            Refuse(key, $"must have at most {maxLength} characters, and none of them a control character");
            return string.Empty;
        }

        return text;
    }

    /// <param name="absent">What absence means; null = it must be there.</param>
    public long Number(string key, long? absent, long least, long most)
    {
        if (!Has(key) && absent is { } value)
        {
            return value;
        }

        if (long.TryParse(annotations.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(key, most == long.MaxValue ? $"must be a whole number, at least {least}" : $"must be a whole number from {least} to {most}");
        return least;
    }

    /// <returns>Units: ns since 1970; 0 = Go's zero time.</returns>
    public long Time(string key)
    {
        if (!GoTime.TryParse(annotations.GetValueOrDefault(key) ?? string.Empty, out long nanoseconds))
        {
            Refuse(key, $"must be a time between 2000 and 2262 as Go writes it, such as \"2026-01-31 23:59:59.5 +0000 UTC\", or \"{GoTime.Zero}\"");
        }

        return nanoseconds;
    }

    public void Refuse(string key, string rule) => Refuse($"metadata.annotations[{key}]", annotations.GetValueOrDefault(key) ?? string.Empty, rule);

    public void Refuse(string field, string value, string rule) =>
        Problem ??= new ChunkProblem(field, string.Concat(value.Take(MaxShown).Select(c => char.IsControl(c) ? ' ' : c)), rule);
}
