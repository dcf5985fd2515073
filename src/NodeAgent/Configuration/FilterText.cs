// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Events.Wire;

namespace NodeAgent.Configuration;

/// <summary>Text forms of what the kernel filters and cuts. Errors: <see cref="FormatException"/> that says what was expected.</summary>
internal static class FilterText
{
    /// <param name="text">Shape: names of kinds by comma, in any case; empty = none.</param>
    public static void SetKinds(FilterOptions filter, string text)
    {
        EventKind[] kinds = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ToKind)];
        filter.FilteredKinds.Clear();
        foreach (EventKind kind in kinds.Distinct())
        {
            filter.FilteredKinds.Add(kind);
        }
    }

    public static string ShowKinds(FilterOptions filter) =>
        string.Join(',', filter.FilteredKinds.Select(Name));

    private static string Name(EventKind kind) => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];

    /// <param name="text">Shape: <c>20000/4096</c>, or <c>0</c>.</param>
    public static Budget ToBudget(string text)
    {
        string[] parts = text.Split('/');
        if (text.Trim() == "0")
        {
            return default;
        }

        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int rate)
            && int.TryParse(parts[1], NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int burst)
            && rate is > 0 and <= 1 << 24 && burst is >= 64 and <= 1 << 24
            ? new Budget(rate, burst)
            : throw new FormatException($"'{text}' is not 0 or RATE/BURST such as 20000/4096, the burst from 64 to 16777216");
    }

    public static string Show(Budget budget) =>
        budget.Rate == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{budget.Rate}/{budget.Burst}");

    private static EventKind ToKind(string name)
    {
        foreach (EventKind kind in FilterOptions.FilterableKinds)
        {
            if (kind.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        throw new FormatException($"'{name}' is not a kind that can be filtered: {string.Join(", ", FilterOptions.FilterableKinds.Select(Name))}");
    }
}
