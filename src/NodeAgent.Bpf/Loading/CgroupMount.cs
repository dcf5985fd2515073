// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Bpf.Loading;

/// <summary>Finds the cgroup2 tree.</summary>
public static class CgroupMount
{
    /// <param name="mountInfo">Shape: /proc/self/mountinfo. Source: proc(5).</param>
    /// <returns>The mount point that shows most of the tree; null without any. Malformed lines are skipped.</returns>
    public static string? Find(string mountInfo)
    {
        ArgumentNullException.ThrowIfNull(mountInfo);
        string? best = null;
        int bestRank = -1;
        foreach (string line in mountInfo.Split('\n'))
        {
            // 31 23 0:27 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
            if (separator < 0 || separator + 1 >= fields.Length || fields[separator + 1] != "cgroup2")
            {
                continue;
            }

            int rank = Rank(fields[3]);
            if (rank > bestRank)
            {
                bestRank = rank;
                best = Unescape(fields[4]);
            }
        }

        return best;
    }

    // Inside a cgroup namespace the machine's root shows as /../../.., the own group as /, a bind mount of a part as its path.
    private static int Rank(string root)
    {
        if (root.StartsWith("/..", StringComparison.Ordinal))
        {
            return 2;
        }

        return root == "/" ? 1 : 0;
    }

    // Space, tab, newline and backslash are written as \ooo.
    private static string Unescape(string path)
    {
        var text = new StringBuilder(path.Length);
        for (int at = 0; at < path.Length; at++)
        {
            if (path[at] == '\\' && at + 3 < path.Length && !path.AsSpan(at + 1, 3).ContainsAnyExceptInRange('0', '7'))
            {
                text.Append((char)(((path[at + 1] - '0') << 6) | ((path[at + 2] - '0') << 3) | (path[at + 3] - '0')));
                at += 3;
            }
            else
            {
                text.Append(path[at]);
            }
        }

        return text.ToString();
    }
}
