// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Checking;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Suggestion
{
    private const int LongestName = 64;

    /// <returns><c>; did you mean 'name'?</c>, or nothing when no name is near.</returns>
    public static string For(string wrong, IEnumerable<string> names)
    {
        int allowed = Math.Max(1, Math.Min(wrong.Length / 3, 3));
        (string Name, int Distance) best = ("", int.MaxValue);
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            int distance = name.Equals(wrong, StringComparison.OrdinalIgnoreCase) ? 0
                : wrong.Length > LongestName || Math.Abs(name.Length - wrong.Length) > allowed ? int.MaxValue : Distance(wrong, name);
            if (distance < best.Distance)
            {
                best = (name, distance);
            }
        }

        return best.Distance <= allowed ? $"; did you mean '{best.Name}'?" : "";
    }

    // Levenshtein's, where two neighbours that changed places count as one.
    private static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                int least = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                cost[i, j] = swapped ? Math.Min(least, cost[i - 2, j - 2] + 1) : least;
            }
        }

        return cost[left.Length, right.Length];
    }
}
