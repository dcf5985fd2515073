// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>A generalised set of paths: which pattern of it stands for a path.</summary>
/// <remarks>
/// Runs of <c>⋯</c> stay as they are here. Written as <c>*</c> they would forget how deep they were, and what came later could
/// no longer be united as if it had come at once. A <c>*</c> at the end covers all below and takes it in. One inside, that somebody wrote, is
/// kept as written: no path is added to it, and it to none.
/// </remarks>
internal sealed class PathPatterns
{
    private const char Dynamic = '⋯';

    // Directories whose one child is ⋯. Shape: without the last slash; empty = the root.
    private readonly HashSet<string> _dynamic = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _dynamicBySpan;

    // Directories of which all that is below is one.
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _wholeBySpan;

    private PathPatterns()
    {
        _dynamicBySpan = _dynamic.GetAlternateLookup<ReadOnlySpan<char>>();
        _wholeBySpan = _whole.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="patterns">Generalised; others than paths are passed over.</param>
    public static PathPatterns Of(IEnumerable<string> patterns)
    {
        var set = new PathPatterns();
        set.Add(patterns);
        return set;
    }

    public static PathPatterns Generalize(IEnumerable<string> paths, PathRules rules)
    {
        var generalizer = new PathGeneralizer<uint>(rules);
        foreach (string path in paths)
        {
            generalizer.Add(path, 0);
        }

        return Of(generalizer.Collapse(0).Select(pattern => pattern.Path));
    }

    /// <summary>True for what can be generalised: absolute, without an empty segment, and without a <c>*</c> but at the end.</summary>
    public static bool IsPath(string path)
    {
        if (path.Length == 0 || path[0] != '/' || path.AsSpan().TrimEnd('/').Contains("//", StringComparison.Ordinal))
        {
            return false;
        }

        for (int at = path.IndexOf("/*", StringComparison.Ordinal); at >= 0; at = path.IndexOf("/*", at + 1, StringComparison.Ordinal))
        {
            if (at + 2 < path.Length && path[at + 2] == '/')
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>The pattern that stands for the path; where the set knows none, the path itself, without slashes at its end.</returns>
    public string Rewrite(string path)
    {
        if (_dynamic.Count + _whole.Count == 0)
        {
            return WithoutEnd(path);
        }

        int length = path.AsSpan().TrimEnd('/').Length;
        char[] text = new char[(2 * length) + 2];
        int written = 0;
        int at = 1;
        bool changed = false;
        while (at <= length && length > 0)
        {
            int slash = path.IndexOf('/', at, length - at);
            int end = slash < 0 ? length : slash;
            if (_wholeBySpan.Contains(text.AsSpan(0, written)))
            {
                return string.Concat(text.AsSpan(0, written), "/*");
            }

            // A star covers more than the ⋯ that it meets.
            bool isDynamic = _dynamicBySpan.Contains(text.AsSpan(0, written)) && path.AsSpan(at, end - at) is not "*";
            text[written++] = '/';
            if (isDynamic)
            {
                changed |= end - at != 1 || path[at] != Dynamic;
                text[written++] = Dynamic;
            }
            else
            {
                path.AsSpan(at, end - at).CopyTo(text.AsSpan(written));
                written += end - at;
            }

            at = end + 1;
        }

        return changed ? new string(text, 0, written) : WithoutEnd(path);
    }

    public static string WithoutEnd(string path)
    {
        int length = path.AsSpan().TrimEnd('/').Length;
        return length == path.Length ? path : length == 0 ? "/" : path[..length];
    }

    /// <summary>What the set is grown by. A directory that is collapsed by it hides all that was known below.</summary>
    public void Add(IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            if (pattern.EndsWith("/*", StringComparison.Ordinal) && IsPath(pattern))
            {
                _whole.Add(pattern[..^2]);
            }

            if (pattern.Contains(Dynamic) && IsPath(pattern))
            {
                Remember(pattern);
            }
        }
    }

    private void Remember(string pattern)
    {
        for (int at = pattern.IndexOf("/⋯", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("/⋯", at + 1, StringComparison.Ordinal))
        {
            if (at + 2 == pattern.Length || pattern[at + 2] == '/')
            {
                _dynamicBySpan.Add(pattern.AsSpan(0, at));
            }
        }
    }
}
