// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Storage.Collection;

/// <summary>What is kept for how long, and how much of it.</summary>
public sealed class RetentionOptions
{
    /// <summary>All other kinds, in a text of quotas.</summary>
    public const string Others = "*";

    /// <summary>Time between two looks at everything that is stored; zero: it is not looked at, and nothing is collected.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long something is to be gone before what is stored of it goes. Counted anew when the storage starts.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(3);

    /// <summary>
    /// How long a learned or scanned object is kept since it was last written, in time that the storage ran; zero: for ever. A completed profile is written no more though
    /// its workload lives, so this is for machines whose workloads come and go.
    /// </summary>
    public TimeSpan MaxAge { get; set; }

    /// <summary>Units: objects of a kind in one namespace, by plural or <see cref="Others"/>; empty: no bound.</summary>
    public IReadOnlyDictionary<string, long> Quotas { get; set; } = new Dictionary<string, long>();

    /// <summary>What lives in the cluster; null: nothing says it, and only age counts.</summary>
    public ILiveCluster? Cluster { get; set; }

    /// <param name="text">Shape: <c>containerprofiles=2000,*=10000</c>; empty = none.</param>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static IReadOnlyDictionary<string, long> ParseQuotas(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var quotas = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string term in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = term.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || !Resources.ResourceCatalog.IsPluralOrOthers(pair[0]))
            {
                throw new FormatException($"'{term}' is not KIND=NUMBER, where KIND is the plural of a stored kind or {Others}");
            }

            quotas[pair[0]] = long.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new FormatException($"'{pair[1]}' of '{term}' is no number");
        }

        return quotas;
    }

    public static string ShowQuotas(IReadOnlyDictionary<string, long> quotas) =>
        string.Join(',', (quotas ?? throw new ArgumentNullException(nameof(quotas))).Select(quota => string.Create(CultureInfo.InvariantCulture, $"{quota.Key}={quota.Value}")));
}
