// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>Finds the entries of a profile that cover a path: literal ones by hash, patterns by the directory they begin with.</summary>
internal sealed class PathIndex<T>
{
    private readonly Dictionary<byte[], T> _literals = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], List<(byte[] Pattern, T Value)>> _patterns = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _literalLookup;
    private readonly Dictionary<byte[], List<(byte[] Pattern, T Value)>>.AlternateLookup<ReadOnlySpan<byte>> _patternLookup;

    public PathIndex(IEnumerable<(string Path, T Value)> entries, Func<T, T, T> unite)
    {
        foreach ((string path, T value) in entries)
        {
            if (path.Length == 0)
            {
                continue; // covers nothing, as an empty path is covered by nothing
            }

            if (DynamicPath.IsPattern(path))
            {
                byte[] prefix = Encoding.UTF8.GetBytes(LiteralPrefix(path));
                if (!_patterns.TryGetValue(prefix, out List<(byte[], T)>? list))
                {
                    _patterns[prefix] = list = [];
                }

                list.Add((Encoding.UTF8.GetBytes(path), value));
            }
            else
            {
                byte[] key = Trim(Encoding.UTF8.GetBytes(path)).ToArray();
                _literals[key] = _literals.TryGetValue(key, out T? known) ? unite(known, value) : value;
            }
        }

        _literalLookup = _literals.GetAlternateLookup<ReadOnlySpan<byte>>();
        _patternLookup = _patterns.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <param name="path">Shape: path text as UTF-8.</param>
    /// <returns>True when an entry covers the path and is accepted; no allocation with a static delegate.</returns>
    public bool Any<TState>(ReadOnlySpan<byte> path, TState state, Func<T, TState, bool> accept)
        where TState : allows ref struct
    {
        path = Trim(path);
        if (_literalLookup.TryGetValue(path, out T? value) && accept(value, state))
        {
            return true;
        }

        if (_patterns.Count == 0)
        {
            return false;
        }

        if (AnyUnder([], path, state, accept))
        {
            return true;
        }

        for (int at = 0; at < path.Length; at++)
        {
            if (path[at] == (byte)'/' && AnyUnder(path[..(at + 1)], path, state, accept))
            {
                return true;
            }
        }

        // "/etc/*" does not cover "/etc", but a star inside a pattern may stand for nothing: "/etc/*/x".
        return false;
    }

    /// <summary>Whether an entry covers any path that begins and ends so. For rare questions: looks at each entry.</summary>
    public bool AnyLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        foreach (byte[] path in _literals.Keys)
        {
            if (path.AsSpan().StartsWith(start) && path.AsSpan().EndsWith(end))
            {
                return true;
            }
        }

        foreach (List<(byte[] Pattern, T Value)> list in _patterns.Values)
        {
            foreach ((byte[] pattern, _) in list)
            {
                if (Begins(pattern, start) && Ends(pattern, end))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // What stands before the first wildcard, and behind the last, decides as far as it reaches.
    private static bool Begins(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> literal = pattern[..FirstWildcard(pattern)];
        return literal.Length >= start.Length ? literal.StartsWith(start) : start.StartsWith(literal);
    }

    private static bool Ends(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> end)
    {
        int star = pattern.LastIndexOf("/*"u8), dynamic = pattern.LastIndexOf("/⋯"u8);
        int from = Math.Max(star < 0 ? 0 : star + 2, dynamic < 0 ? 0 : dynamic + "/⋯"u8.Length);
        ReadOnlySpan<byte> literal = pattern[from..];
        return literal.Length >= end.Length ? literal.EndsWith(end) : end.EndsWith(literal);
    }

    private static int FirstWildcard(ReadOnlySpan<byte> pattern)
    {
        int star = pattern.IndexOf("/*"u8), dynamic = pattern.IndexOf("/⋯"u8);
        int first = star < 0 ? dynamic : dynamic < 0 ? star : Math.Min(star, dynamic);
        return first < 0 ? pattern.Length : first + 1;
    }

    private bool AnyUnder<TState>(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> path, TState state, Func<T, TState, bool> accept)
        where TState : allows ref struct
    {
        if (_patternLookup.TryGetValue(prefix, out List<(byte[] Pattern, T Value)>? list))
        {
            foreach ((byte[] pattern, T value) in list)
            {
                if (DynamicPath.Matches(pattern, path) && accept(value, state))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Trailing slashes do not count; the root stays one.
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> trimmed = path.TrimEnd((byte)'/');
        return trimmed.IsEmpty && !path.IsEmpty ? "/"u8 : trimmed;
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
