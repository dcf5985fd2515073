// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.Export.Tests.Metrics;

/// <summary>A strict reader of the text format: anything the format does not allow fails the test.</summary>
internal sealed partial class ExpositionParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly HashSet<string> _closed = [];
    private string _family = string.Empty;

    public Dictionary<string, (string Type, string Help)> Families { get; } = [];

    public Dictionary<string, double> Samples { get; } = [];

    public static ExpositionParser Parse(ReadOnlySpan<byte> bytes)
    {
        string text = StrictUtf8.GetString(bytes);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var parser = new ExpositionParser();
        string help = string.Empty;
        foreach (string line in text[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                string[] parts = line[7..].Split(' ', 2);
                parser.Open(parts[0]);
                help = parts[1];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                string[] parts = line[7..].Split(' ');
                Assert.Equal(parser._family, parts[0]);
                Assert.Contains(parts[1], (string[])["counter", "gauge", "histogram"]);
                parser.Families.Add(parts[0], (parts[1], help));
            }
            else
            {
                parser.Sample(line);
            }
        }

        parser.CheckHistograms();
        return parser;
    }

    private void Open(string family)
    {
        Assert.True(_closed.Add(family), $"{family} appears twice");
        _family = family;
    }

    private void Sample(string line)
    {
        Match match = SampleLine().Match(line);
        Assert.True(match.Success, $"no sample: {line}");
        string name = match.Groups["name"].Value;
        (string type, _) = Families[_family];
        string[] allowed = type == "histogram" ? [_family + "_bucket", _family + "_sum", _family + "_count"] : [_family];
        Assert.Contains(name, allowed);
        string labels = match.Groups["labels"].Value;
        string[] names = [.. LabelPair().Matches(labels).Select(m => m.Groups["key"].Value)];
        Assert.Equal(names.Distinct(), names);
        double value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            string number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        Assert.True(type != "counter" || value >= 0, line);
        Samples.Add(labels.Length == 0 ? name : $"{name}{{{labels}}}", value);
    }

    private void CheckHistograms()
    {
        foreach (string family in Families.Where(f => f.Value.Type == "histogram").Select(f => f.Key))
        {
            double last = 0;
            foreach ((string sample, double value) in Samples.Where(s => s.Key.StartsWith(family + "_bucket{", StringComparison.Ordinal)))
            {
                last = sample.Contains("le=\"0.0001\"", StringComparison.Ordinal) ? value : last;
                Assert.True(value >= last, $"{sample} falls");
                last = value;
                if (sample.Contains("le=\"+Inf\"", StringComparison.Ordinal))
                {
                    last = 0;
                }
            }
        }
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\n"])*"(,|(?=\})))+)\})? (?<value>[^ ]+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="([^"\\\n]|\\[\\n"])*"(,|$)""")]
    private static partial Regex LabelPair();
}
