// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace NodeAgent.Profiles.Merging;

/// <summary>Unions of sorted lists without doubles: the cost is that of the smaller one, and a copy of references.</summary>
internal static class SortedUnion
{
    /// <summary>Sorts, and unites what is equal by the order.</summary>
    public static List<T> Of<T>(IEnumerable<T> items, IComparer<T> order, Func<T, T, T> unite)
    {
        T[] sorted = [.. items];
        Array.Sort(sorted, order);
        var result = new List<T>(sorted.Length);
        foreach (T item in sorted)
        {
            if (result.Count > 0 && order.Compare(result[^1], item) == 0)
            {
                result[^1] = unite(result[^1], item);
            }
            else
            {
                result.Add(item);
            }
        }

        return result;
    }

    /// <param name="sorted">By the same order, without doubles.</param>
    /// <param name="added">In any order.</param>
    public static IReadOnlyList<T> Add<T>(IReadOnlyList<T> sorted, IReadOnlyCollection<T> added, IComparer<T> order, Func<T, T, T> unite)
    {
        if (added.Count == 0)
        {
            return sorted;
        }

        ReadOnlySpan<T> old = Span(sorted);
        var result = new List<T>(old.Length + added.Count);
        int taken = 0;
        foreach (T item in Of(added, order, unite))
        {
            int at = Find(old, item, order, taken);
            int end = at < 0 ? ~at : at;
            result.AddRange(old[taken..end]);
            result.Add(at < 0 ? item : unite(old[at], item));
            taken = at < 0 ? end : end + 1;
        }

        result.AddRange(old[taken..]);
        return result;
    }

    public static ReadOnlySpan<T> Span<T>(IReadOnlyList<T> list) => list switch
    {
        T[] array => array,
        List<T> items => CollectionsMarshal.AsSpan(items),
        _ => list.ToArray(),
    };

    /// <returns>The union as sorted texts; null when there are none, which says "not known".</returns>
    public static IReadOnlyList<string>? Texts(IReadOnlyList<string>? one, IReadOnlyList<string>? other)
    {
        if (other is null or { Count: 0 } && one is not null && IsSorted(one))
        {
            return one.Count == 0 ? null : one;
        }

        if (one is not null && other is not null && one.SequenceEqual(other) && IsSorted(one))
        {
            return one.Count == 0 ? null : one;
        }

        var all = new SortedSet<string>(StringComparer.Ordinal);
        all.UnionWith((one ?? []).Where(text => text is not null));
        all.UnionWith((other ?? []).Where(text => text is not null));
        return all.Count == 0 ? null : [.. all];
    }

    private static bool IsSorted(IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null || (i > 0 && string.CompareOrdinal(texts[i - 1], texts[i]) >= 0))
            {
                return false;
            }
        }

        return true;
    }

    private static int Find<T>(ReadOnlySpan<T> sorted, T item, IComparer<T> order, int from)
    {
        int low = from;
        int high = sorted.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int compared = order.Compare(sorted[middle], item);
            if (compared == 0)
            {
                return middle;
            }

            (low, high) = compared < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
