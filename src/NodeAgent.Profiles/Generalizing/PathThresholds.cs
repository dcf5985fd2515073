// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Generalizing;

/// <summary>One directory's own threshold.</summary>
/// <param name="Prefix">Shape: absolute directory; it holds for everything below too.</param>
/// <param name="Threshold">Units: children; one more than this collapses; 1 = everything below is one at once; 0 = the default.</param>
public sealed record PathThreshold(string Prefix, int Threshold);

/// <summary>From how many children on a directory's children are generalised; the longest prefix decides, of equal ones the first.</summary>
/// <remarks>Source: Kubescape's CollapseConfiguration, whose defaults these are.</remarks>
public sealed class PathThresholds
{
    private const string Dynamic = Learning.PathText.Dynamic;

    private readonly int _default;
    private readonly (string[] Segments, int Threshold)[] _prefixes;

    public PathThresholds(int defaultThreshold, IReadOnlyList<PathThreshold> prefixes)
    {
        _default = defaultThreshold;
        _prefixes =
        [
            .. prefixes.Select(entry => (Segments: Split(entry.Prefix), Threshold: entry.Threshold == 0 ? defaultThreshold : entry.Threshold))
                .DistinctBy(entry => string.Join('/', entry.Segments)).OrderByDescending(entry => entry.Segments.Length),
        ];
        MaxDepth = _prefixes.Select(entry => entry.Segments.Length).DefaultIfEmpty(0).Max();
    }

    public static PathThresholds Default { get; } = new(DefaultOpens,
    [
        new("/etc", 100), new("/etc/apache2", 50), new("/opt", 50), new("/var/run", 50), new("/app", 50),
    ]);

    /// <summary>Of HTTP paths.</summary>
    public static PathThresholds DefaultEndpoints { get; } = new(DefaultOfEndpoints, []);

    /// <summary>Units: children, as the next.</summary>
    internal const int DefaultOpens = 50;

    internal const int DefaultOfEndpoints = 100;

    /// <summary>Units: segments; below this depth a directory has the threshold of its parent.</summary>
    internal int MaxDepth { get; }

    /// <param name="directory">Shape: absolute path without a trailing slash; empty = the root. With <c>⋯</c> it stands for many.</param>
    /// <returns>
    /// Of a pattern, the least of those for which it stands. So what collapses in one of them collapses in the pattern too, and whether a
    /// part was generalised before the whole makes no difference.
    /// </returns>
    internal int For(string directory)
    {
        string[] segments = Split(directory);
        int least = int.MaxValue;
        foreach ((string[] prefix, int threshold) in _prefixes)
        {
            if (prefix.Length > segments.Length || !Matches(prefix, segments, out bool certain))
            {
                continue;
            }

            least = Math.Min(least, threshold);
            if (certain)
            {
                return least;
            }
        }

        return Math.Min(least, _default);
    }

    private static bool Matches(string[] prefix, string[] segments, out bool certain)
    {
        certain = true;
        for (int i = 0; i < prefix.Length; i++)
        {
            if (segments[i] == Dynamic && prefix[i] != Dynamic)
            {
                certain = false;
            }
            else if (segments[i] != prefix[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
