// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>Compares a path with a pattern of a profile.</summary>
/// <remarks>
/// <c>⋯</c> is exactly one segment; <c>*</c> is any number of segments inside a pattern and at least one at its end.
/// Trailing slashes do not count. Source: Kubescape's dynamic paths.
/// </remarks>
public static class DynamicPath
{
    private const char Dynamic = '⋯';

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path) => Matches(pattern, path, '/', "*", "⋯");

    /// <summary>As the other, for text in UTF-8.</summary>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path) => Matches(pattern, path, (byte)'/', "*"u8, "⋯"u8);

    /// <summary>True when a pattern holds a wildcard segment; others match themselves only.</summary>
    public static bool IsPattern(ReadOnlySpan<char> pattern)
    {
        int at = 0;
        while (at <= pattern.Length)
        {
            ReadOnlySpan<char> segment = Next(pattern, ref at, '/');
            if (segment.Length == 1 && segment[0] is Dynamic or '*')
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches<T>(ReadOnlySpan<T> pattern, ReadOnlySpan<T> path, T slash, ReadOnlySpan<T> star, ReadOnlySpan<T> dynamic)
        where T : unmanaged, IEquatable<T>
    {
        if (pattern.IsEmpty || path.IsEmpty)
        {
            return false;
        }

        pattern = pattern.TrimEnd(slash);
        path = path.TrimEnd(slash);
        int inPattern = 0;
        int inPath = 0;
        int afterStar = -1; // where the pattern goes on after the last star, and where in the path that was tried last
        int tried = 0;
        while (inPath <= path.Length)
        {
            if (inPattern <= pattern.Length)
            {
                int next = inPattern;
                ReadOnlySpan<T> segment = Next(pattern, ref next, slash);
                if (segment.SequenceEqual(star))
                {
                    next = SkipStars(pattern, next, slash, star);
                    if (next > pattern.Length)
                    {
                        return true; // the last star, and a segment is left
                    }

                    afterStar = next;
                    tried = inPath;
                    inPattern = next;
                    continue;
                }

                int nextInPath = inPath;
                ReadOnlySpan<T> actual = Next(path, ref nextInPath, slash);
                if (segment.SequenceEqual(dynamic) || segment.SequenceEqual(actual))
                {
                    inPattern = next;
                    inPath = nextInPath;
                    continue;
                }
            }

            if (afterStar < 0)
            {
                return false;
            }

            Next(path, ref tried, slash);
            inPath = tried;
            inPattern = afterStar;
        }

        return inPattern > pattern.Length;
    }

    private static int SkipStars<T>(ReadOnlySpan<T> pattern, int at, T slash, ReadOnlySpan<T> star)
        where T : unmanaged, IEquatable<T>
    {
        while (at <= pattern.Length)
        {
            int next = at;
            if (!Next(pattern, ref next, slash).SequenceEqual(star))
            {
                break;
            }

            at = next;
        }

        return at;
    }

    // Takes the segment at a position and moves behind its slash; behind the last segment lies Length + 1.
    private static ReadOnlySpan<T> Next<T>(ReadOnlySpan<T> text, ref int at, T slash)
        where T : unmanaged, IEquatable<T>
    {
        int length = text[at..].IndexOf(slash);
        int end = length < 0 ? text.Length : at + length;
        ReadOnlySpan<T> segment = text[at..end];
        at = end + 1;
        return segment;
    }
}
