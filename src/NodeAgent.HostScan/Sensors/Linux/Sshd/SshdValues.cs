// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Linux.Sshd;

/// <summary>The keywords of one section of sshd_config and what they are set to.</summary>
internal sealed class SshdValues
{
    private const int MaxWords = 1024;

    private readonly SortedDictionary<string, (SshdKeyword Keyword, List<string> Words, string Source, int? Line)> _values = new(StringComparer.Ordinal);

    /// <summary>Takes a value, unless there is one already.</summary>
    /// <returns>False = this is no value of the keyword.</returns>
    public bool Add(SshdKeyword keyword, IReadOnlyList<string> words, string source, int? line)
    {
        if (words.Count == 0 || !IsValue(keyword, words[0]))
        {
            return false;
        }

        List<string> told = keyword.Shape == SshdValue.Pairs ? [string.Join(' ', words)] : [.. words];
        if (!_values.TryGetValue(keyword.Name, out (SshdKeyword, List<string> Words, string, int?) known))
        {
            _values.Add(keyword.Name, (keyword, told, source, line));
        }
        else if (keyword.Accumulates && known.Words.Count < MaxWords)
        {
            known.Words.AddRange(told);
        }

        return true;
    }

    /// <param name="version">0 = not known: the newest.</param>
    public void AddDefaults(int version)
    {
        foreach (SshdKeyword keyword in SshdKeyword.All.Values)
        {
            if (!_values.ContainsKey(keyword.Name) && keyword.DefaultOf(version) is { } value)
            {
                Add(keyword, value.Split(' '), "default", null);
            }
        }
    }

    /// <summary>By key.</summary>
    public IReadOnlyList<HostSetting> Told() => [.. _values.Values.Select(value => Told(value.Keyword, value.Words, value.Source, value.Line))];

    private static HostSetting Told(SshdKeyword keyword, List<string> words, string source, int? line) => keyword.Shape switch
    {
        SshdValue.Number => Setting.Of(keyword.Name, long.Parse(words[0], CultureInfo.InvariantCulture), source, line),
        SshdValue.Time => Setting.Of(keyword.Name, SshdKeyword.Seconds(words[0])!.Value, source, line),
        SshdValue.Word => Setting.Of(keyword.Name, Word(words[0].ToLowerInvariant()), source, line),
        SshdValue.Upper => Setting.Of(keyword.Name, words[0].ToUpperInvariant(), source, line),
        SshdValue.List or SshdValue.Pairs => Setting.Of(keyword.Name, words, source, line),
        _ => Setting.Of(keyword.Name, string.Join(' ', words), source, line),
    };

    // The older name of the same thing.
    private static string Word(string word) => word switch { "without-password" => "prohibit-password", "true" => "yes", "false" => "no", _ => word };

    private static bool IsValue(SshdKeyword keyword, string word) => keyword.Shape switch
    {
        SshdValue.Number => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        SshdValue.Time => SshdKeyword.Seconds(word) is not null,
        _ => true,
    };
}
