// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>What new paths do to a generalised, sorted list: each can fill up one directory only, that from which on it is new.</summary>
internal sealed class PathGrowth(IReadOnlyList<OpenCalls> generalized, PathRules rules)
{
    // By the directory below which they are new. Shape: without the last slash; empty = the root. A directory comes before those in it.
    private readonly SortedDictionary<string, List<string>> _news = new(StringComparer.Ordinal);
    private readonly List<string> _all = [];
    private readonly List<string> _patterns = [];
    private readonly List<string> _collapsed = [];

    /// <summary>Of what is new; valid after <see cref="TakeCollapsed"/>.</summary>
    public IReadOnlyList<string> Patterns => _patterns;

    /// <param name="paths">As the patterns of the list rewrite them.</param>
    public void Add(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            _all.Add(path);
            if (DirectoryOfNew(path) is { } directory)
            {
                if (!_news.TryGetValue(directory, out List<string>? below))
                {
                    _news[directory] = below = [];
                }

                below.Add(path);
            }
        }
    }

    /// <returns>What stays as it is, and what lay in directories that are collapsed now.</returns>
    public (IReadOnlyList<OpenCalls> Kept, List<OpenCalls> Taken) TakeCollapsed()
    {
        foreach ((string directory, List<string> news) in _news)
        {
            if (!_collapsed.Exists(above => IsBelow(directory, above) || directory == above))
            {
                Grow(directory, news);
            }
        }

        if (_collapsed.Count == 0)
        {
            return (generalized, []);
        }

        ReadOnlySpan<OpenCalls> all = SortedUnion.Span(generalized);
        var kept = new List<OpenCalls>(all.Length);
        var taken = new List<OpenCalls>();
        foreach (OpenCalls open in all)
        {
            bool stays = !PathPatterns.IsPath(open.Path!) || !_collapsed.Exists(above => IsBelow(open.Path!, above));
            (stays ? kept : taken).Add(open);
        }

        return (kept, taken);
    }

    private static bool IsBelow(string path, string directory) =>
        path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);

    private void Grow(string directory, List<string> news)
    {
        List<string> children = Children(directory);
        List<(string Path, uint Mask)> grown = Generalize(children.Select(child => $"{directory}/{child}").Concat(news));
        string one = directory + "/⋯";
        string all = directory + "/*";
        if (children.Count > 0 && grown.Exists(pattern => pattern.Path == one || pattern.Path == all || IsBelow(pattern.Path, one)))
        {
            _collapsed.Add(directory);
            (int from, int to) = Below(directory);
            IEnumerable<string> inside = Enumerable.Range(from, to - from).Select(i => generalized[i].Path!).Where(PathPatterns.IsPath);
            grown = Generalize(inside.Concat(_all.Where(path => IsBelow(path, directory))));
        }

        _patterns.AddRange(grown.Select(pattern => pattern.Path));
    }

    private List<(string Path, uint Mask)> Generalize(IEnumerable<string> paths)
    {
        var generalizer = new PathGeneralizer<uint>(rules);
        foreach (string path in paths)
        {
            generalizer.Add(path, 0);
        }

        return generalizer.Collapse(0);
    }

    // Null: nothing of it is new but that it ends there.
    private string? DirectoryOfNew(string path)
    {
        string at = path == "/" ? string.Empty : path;
        while (at.Length > 0 && !Exists(at))
        {
            at = at[..at.LastIndexOf('/')];
        }

        return at == path || path == "/" ? null : at;
    }

    private bool Exists(string node)
    {
        int at = LowerBound(node);
        if (at < generalized.Count && generalized[at].Path == node)
        {
            return true;
        }

        (int from, int to) = Below(node);
        while (from < to && !PathPatterns.IsPath(generalized[from].Path!))
        {
            from++;
        }

        return from < to;
    }

    private List<string> Children(string directory)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        (int at, int to) = Below(directory);
        while (at < to)
        {
            string path = generalized[at].Path!;
            int start = directory.Length + 1;
            if (start == path.Length || !PathPatterns.IsPath(path))
            {
                at++;
                continue;
            }

            int slash = path.IndexOf('/', start);
            names.Add(slash < 0 ? path[start..] : path[start..slash]);
            at = slash < 0 ? at + 1 : Math.Max(at + 1, Below(path[..slash]).To);
        }

        return [.. names];
    }

    // What begins with the directory and a slash lies together; '0' is the character after '/'.
    private (int From, int To) Below(string directory) => (LowerBound(directory + "/"), LowerBound(directory + "0"));

    private int LowerBound(string path)
    {
        int low = 0;
        int high = generalized.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = string.CompareOrdinal(generalized[middle].Path, path) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
