// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Generalizing;

/// <summary>One directory's own threshold.</summary>
/// <param name="Prefix">Shape: absolute directory; it holds for everything below too.</param>
/// <param name="Threshold">Units: children; one more than this collapses.</param>
public sealed record PathThreshold(string Prefix, int Threshold);

/// <summary>From how many children on a directory's children are generalised; the longest prefix decides.</summary>
/// <remarks>Source: Kubescape's CollapseConfiguration, whose defaults these are.</remarks>
public sealed class PathThresholds(int defaultThreshold, IReadOnlyList<PathThreshold> prefixes)
{
    public static PathThresholds Default { get; } = new(50,
    [
        new("/etc", 100), new("/etc/apache2", 50), new("/opt", 50), new("/var/run", 50), new("/app", 50),
    ]);

    /// <summary>Units: segments; below this depth a directory has the threshold of its parent.</summary>
    internal int MaxDepth { get; } = prefixes.Select(p => p.Prefix.Count(c => c == '/')).DefaultIfEmpty(0).Max();

    /// <param name="directory">Shape: absolute path without a trailing slash; empty = the root.</param>
    internal int For(ReadOnlySpan<char> directory)
    {
        int best = -1;
        int threshold = defaultThreshold;
        foreach (PathThreshold entry in prefixes)
        {
            ReadOnlySpan<char> prefix = entry.Prefix.AsSpan().TrimEnd('/');
            bool covers = directory.StartsWith(prefix) && (directory.Length == prefix.Length || directory[prefix.Length] == '/');
            if (covers && prefix.Length > best)
            {
                best = prefix.Length;
                threshold = entry.Threshold == 0 ? defaultThreshold : entry.Threshold;
            }
        }

        return threshold;
    }
}
