// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Collapses directories with too many children: all of them become one <c>⋯</c>, and what lies below is united.</summary>
/// <remarks>
/// A function of the set of paths, not of their order, and stable: generalising a part first gives the same in the end.
/// So profiles can be generalised before or after they are merged. Runs of <c>⋯</c> are written <c>*</c> only in the final form,
/// since <c>*</c> forgets how deep they were.
/// </remarks>
internal sealed class PathGeneralizer(PathThresholds thresholds)
{
    private readonly Node _root = new();

    public void Add(string path, uint mask)
    {
        Node node = _root;
        int at = 1;
        int length = path.AsSpan().TrimEnd('/').Length; // trailing slashes do not count when it is matched either
        while (at < length)
        {
            int slash = path.IndexOf('/', at, length - at);
            int end = slash < 0 ? length : slash;
            node = node.Child(path[at..end]);
            at = end + 1;
        }

        node.IsEnd = true;
        node.Mask |= mask;
    }

    /// <param name="level">0 = the thresholds as given; each level more divides them by four.</param>
    /// <returns>Paths with <c>⋯</c> segments, in no order.</returns>
    public List<(string Path, uint Mask)> Collapse(int level)
    {
        Collapse(_root, string.Empty, 0, Scale(thresholds.For(string.Empty), level), level);
        var result = new List<(string, uint)>();
        Emit(_root, [], result, final: false);
        return result;
    }

    /// <returns>The form that profiles hold: runs of <c>⋯</c> as <c>*</c>; sorted by path, one entry per path.</returns>
    public IReadOnlyList<(string Path, uint Mask)> Final()
    {
        Collapse(_root, string.Empty, 0, thresholds.For(string.Empty), 0);
        var all = new List<(string Path, uint Mask)>();
        Emit(_root, [], all, final: true);
        var united = new SortedDictionary<string, uint>(StringComparer.Ordinal);
        foreach ((string path, uint mask) in all)
        {
            united[path] = united.GetValueOrDefault(path) | mask;
        }

        return [.. united.Select(pair => (pair.Key, pair.Value))];
    }

    private static int Scale(int threshold, int level) => threshold >> Math.Min(2 * level, 30);

    private void Collapse(Node node, string path, int depth, int threshold, int level)
    {
        if (node.Children is not { Count: > 0 } children)
        {
            return;
        }

        if (children.Count > threshold || (children.Count > 1 && children.ContainsKey(PathText.Dynamic)))
        {
            var united = new Node();
            foreach (Node child in children.Values)
            {
                united.Unite(child);
            }

            node.Children = new Dictionary<string, Node>(StringComparer.Ordinal) { [PathText.Dynamic] = united };
        }

        foreach ((string name, Node child) in node.Children!)
        {
            bool decided = depth >= thresholds.MaxDepth;
            string childPath = decided ? path : path + "/" + name;
            Collapse(child, childPath, depth + 1, decided ? threshold : Scale(thresholds.For(childPath), level), level);
        }
    }

    private static void Emit(Node node, List<string> segments, List<(string Path, uint Mask)> result, bool final)
    {
        if (node.IsEnd)
        {
            result.Add((Text(segments, final), node.Mask));
        }

        foreach ((string name, Node child) in node.Children ?? [])
        {
            segments.Add(name);
            Emit(child, segments, result, final);
            segments.RemoveAt(segments.Count - 1);
        }
    }

    private static string Text(List<string> segments, bool final)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < segments.Count; i++)
        {
            int run = i;
            while (final && run + 1 < segments.Count && segments[run] == PathText.Dynamic && segments[run + 1] == PathText.Dynamic)
            {
                run++;
            }

            text.Append('/').Append(run > i ? "*" : segments[i]);
            i = run;
        }

        return text.Length == 0 ? "/" : text.ToString();
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? Children { get; set; }

        public bool IsEnd { get; set; }

        public uint Mask { get; set; }

        public Node Child(string name)
        {
            Children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!Children.TryGetValue(name, out Node? child))
            {
                Children[name] = child = new Node();
            }

            return child;
        }

        public void Unite(Node other)
        {
            IsEnd |= other.IsEnd;
            Mask |= other.Mask;
            foreach ((string name, Node child) in other.Children ?? [])
            {
                if (Children is null || !Children.TryGetValue(name, out Node? mine))
                {
                    Children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
                    Children[name] = child;
                }
                else
                {
                    mine.Unite(child);
                }
            }
        }
    }
}
