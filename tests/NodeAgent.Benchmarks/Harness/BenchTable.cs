// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>One figure, with the baseline of the same run and the target it is held to.</summary>
/// <param name="Value">Shape: number with unit.</param>
/// <param name="Baseline">The same without the agent, or empty.</param>
/// <param name="Ratio">Value to baseline, or empty.</param>
/// <param name="Target">Shape: <c>≤ 40 ns</c>; empty = for information.</param>
/// <param name="Reached">Null = no target.</param>
internal sealed record BenchRow(string Figure, string Value, string Baseline, string Ratio, string Target, bool? Reached);

/// <summary>Collects the rows and prints them as one table.</summary>
internal sealed class BenchTable
{
    private readonly List<BenchRow> _rows = [];

    public bool AllReached => _rows.All(r => r.Reached != false);

    /// <param name="judged">False: the target is printed, and not held against this figure.</param>
    public void Add(string figure, double value, string unit, double? most = null, double? least = null, bool judged = true) =>
        Append(new BenchRow(
            figure,
            Number(value, unit),
            string.Empty,
            string.Empty,
            most is { } m ? $"≤ {Number(m, unit)}" : least is { } l ? $"≥ {Number(l, unit)}" : string.Empty,
            !judged ? null : most is { } mm ? value <= mm : least is { } ll ? value >= ll : null));

    /// <param name="mostExtra">Largest addition, as a share of the baseline.</param>
    /// <param name="mostExtraAbsolute">Largest addition in the unit.</param>
    public void AddAgainst(string figure, double value, double baseline, string unit, double? mostExtra = null, double? mostExtraAbsolute = null)
    {
        double extra = value / baseline - 1;
        string target = mostExtra is { } share ? $"≤ {share.ToString("+0%", CultureInfo.InvariantCulture)}"
            : mostExtraAbsolute is { } absolute ? $"≤ +{Number(absolute, unit)}" : string.Empty;
        bool? reached = mostExtra is { } s ? extra <= s : mostExtraAbsolute is { } a ? value - baseline <= a : null;
        string sign = extra < 0 ? string.Empty : "+";
        Append(new BenchRow(figure, Number(value, unit), Number(baseline, unit), $"{sign}{extra.ToString("0%", CultureInfo.InvariantCulture)} ({(value - baseline).ToString("+0.#;-0.#;0", CultureInfo.InvariantCulture)} {unit})", target, reached));
    }

    /// <summary>A figure of which more is better.</summary>
    /// <param name="share">Of the baseline; not always value / baseline, since it can be a median of its own.</param>
    /// <param name="judged">False: the target is printed, and not held against this figure.</param>
    public void AddShare(string figure, double value, double baseline, string unit, double share, double least, bool judged) => Append(new BenchRow(
        figure, Number(value, unit), Number(baseline, unit), Percent(share), $"≥ {Percent(least)}", judged ? share >= least : null));

    public void AddText(string figure, string value) => Append(new BenchRow(figure, value, string.Empty, string.Empty, string.Empty, null));

    public void Print(TextWriter writer)
    {
        string[] heads = ["figure", "with agent", "without", "difference", "target", "reached"];
        List<string[]> cells = [heads, .. _rows.Select(r => new[] { r.Figure, r.Value, r.Baseline, r.Ratio, r.Target, Verdict(r) })];
        int[] widths = [.. Enumerable.Range(0, heads.Length).Select(i => cells.Max(c => c[i].Length))];
        foreach (string[] row in cells)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    // Said at once: who ends a long run early has what was measured so far.
    private void Append(BenchRow row)
    {
        _rows.Add(row);
        Console.Error.WriteLine($"bench: {string.Join("  ", new[] { row.Figure, row.Value, row.Baseline, row.Ratio, row.Target, Verdict(row) }.Where(cell => cell.Length > 0))}");
    }

    private static string Verdict(BenchRow row) => row.Reached switch { true => "yes", false => "NO", null => string.Empty };

    private static string Percent(double share) => share.ToString("0.# %", CultureInfo.InvariantCulture);

    private static string Number(double value, string unit)
    {
        string text = Math.Abs(value) >= 1000 ? value.ToString("#,0", CultureInfo.InvariantCulture)
            : Math.Abs(value) >= 10 ? value.ToString("0.#", CultureInfo.InvariantCulture)
            : value.ToString("0.##", CultureInfo.InvariantCulture);
        return $"{text} {unit}";
    }
}
