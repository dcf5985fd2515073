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

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        if (pattern.IsEmpty || path.IsEmpty)
        {
            return false;
        }

        pattern = pattern.TrimEnd('/');
        path = path.TrimEnd('/');
        int inPattern = 0;
        int inPath = 0;
        int afterStar = -1; // where the pattern goes on after the last star, and where in the path that was tried last
        int tried = 0;
        while (inPath <= path.Length)
        {
            if (inPattern <= pattern.Length)
            {
                int next = inPattern;
                ReadOnlySpan<char> segment = Next(pattern, ref next);
                if (segment is "*")
                {
                    next = SkipStars(pattern, next);
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
                ReadOnlySpan<char> actual = Next(path, ref nextInPath);
                if ((segment.Length == 1 && segment[0] == Dynamic) || segment.SequenceEqual(actual))
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

            Next(path, ref tried);
            inPath = tried;
            inPattern = afterStar;
        }

        return inPattern > pattern.Length;
    }

    /// <summary>True when a pattern holds a wildcard segment; others match themselves only.</summary>
    public static bool IsPattern(ReadOnlySpan<char> pattern)
    {
        int at = 0;
        while (at <= pattern.Length)
        {
            ReadOnlySpan<char> segment = Next(pattern, ref at);
            if (segment.Length == 1 && segment[0] is Dynamic or '*')
            {
                return true;
            }
        }

        return false;
    }

    private static int SkipStars(ReadOnlySpan<char> pattern, int at)
    {
        while (at <= pattern.Length)
        {
            int next = at;
            if (Next(pattern, ref next) is not "*")
            {
                break;
            }

            at = next;
        }

        return at;
    }

    // Takes the segment at a position and moves behind its slash; behind the last segment lies Length + 1.
    private static ReadOnlySpan<char> Next(ReadOnlySpan<char> text, ref int at)
    {
        int slash = text[at..].IndexOf('/');
        int end = slash < 0 ? text.Length : at + slash;
        ReadOnlySpan<char> segment = text[at..end];
        at = end + 1;
        return segment;
    }
}
