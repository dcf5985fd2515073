// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Export.Metrics;

/// <summary>The rules of the text format about names, values and what must be escaped.</summary>
/// <remarks>Source: Prometheus text exposition format 0.0.4.</remarks>
internal static class MetricName
{
    /// <returns>Shape: [a-zA-Z_:][a-zA-Z0-9_:]*.</returns>
    public static string OfMetric(string name) => Clean(name, allowColon: true);

    /// <returns>Shape: [a-zA-Z_][a-zA-Z0-9_]*, never one of the reserved names that begin with two underscores.</returns>
    public static string OfLabel(string name)
    {
        string clean = Clean(name, allowColon: false);
        return clean.StartsWith("__", StringComparison.Ordinal) ? "x" + clean : clean;
    }

    public static string EscapeLabelValue(string value)
    {
        if (value.AsSpan().IndexOfAny('\\', '"', '\n') < 0)
        {
            return value;
        }

        return value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
    }

    public static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Value(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (char c in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(c) || c == '_' || (allowColon && c == ':') ? c : '_');
        }

        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
        {
            clean.Insert(0, '_');
        }

        return clean.ToString();
    }
}
