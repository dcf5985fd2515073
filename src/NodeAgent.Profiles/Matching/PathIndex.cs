// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>Finds the entries of a profile that cover a path: literal ones by hash, patterns by the directory they begin with.</summary>
internal sealed class PathIndex<T>
{
    private readonly Dictionary<string, T> _literals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Pattern, T Value)>> _patterns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _literalLookup;
    private readonly Dictionary<string, List<(string Pattern, T Value)>>.AlternateLookup<ReadOnlySpan<char>> _patternLookup;

    public PathIndex(IEnumerable<(string Path, T Value)> entries, Func<T, T, T> unite)
    {
        foreach ((string path, T value) in entries)
        {
            if (DynamicPath.IsPattern(path))
            {
                string prefix = LiteralPrefix(path);
                if (!_patterns.TryGetValue(prefix, out List<(string, T)>? list))
                {
                    _patterns[prefix] = list = [];
                }

                list.Add((path, value));
            }
            else
            {
                string key = path.Length > 1 ? path.TrimEnd('/') : path;
                _literals[key] = _literals.TryGetValue(key, out T? known) ? unite(known, value) : value;
            }
        }

        _literalLookup = _literals.GetAlternateLookup<ReadOnlySpan<char>>();
        _patternLookup = _patterns.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <returns>True when an entry covers the path and is accepted; no allocation with a static delegate.</returns>
    public bool Any<TState>(ReadOnlySpan<char> path, TState state, Func<T, TState, bool> accept)
        where TState : allows ref struct
    {
        if (path.Length > 1)
        {
            path = path.TrimEnd('/');
        }

        if (_literalLookup.TryGetValue(path, out T? value) && accept(value, state))
        {
            return true;
        }

        if (_patterns.Count == 0)
        {
            return false;
        }

        if (AnyUnder(string.Empty, path, state, accept))
        {
            return true;
        }

        for (int at = 0; at < path.Length; at++)
        {
            if (path[at] == '/' && AnyUnder(path[..(at + 1)], path, state, accept))
            {
                return true;
            }
        }

        // "/etc/*" does not cover "/etc", but a star inside a pattern may stand for nothing: "/etc/*/x".
        return false;
    }

    private bool AnyUnder<TState>(ReadOnlySpan<char> prefix, ReadOnlySpan<char> path, TState state, Func<T, TState, bool> accept)
        where TState : allows ref struct
    {
        if (_patternLookup.TryGetValue(prefix, out List<(string Pattern, T Value)>? list))
        {
            foreach ((string pattern, T value) in list)
            {
                if (DynamicPath.Matches(pattern, path) && accept(value, state))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Up to and with the slash before the first wildcard segment.
    private static string LiteralPrefix(string pattern)
    {
        int start = 0;
        while (true)
        {
            int slash = pattern.IndexOf('/', start);
            ReadOnlySpan<char> segment = slash < 0 ? pattern.AsSpan(start) : pattern.AsSpan(start, slash - start);
            if (segment is "⋯" or "*")
            {
                return pattern[..start];
            }

            start = slash + 1;
        }
    }
}
