// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Collapses directories with too many children: all of them become one <c>⋯</c>, and what lies below is united.</summary>
/// <remarks>
/// A function of the set of paths, not of their order, and stable: generalising a part first gives the same in the end.
/// So profiles can be generalised before or after they are merged. Runs of <c>⋯</c> are written <c>*</c> only in the final form,
/// since <c>*</c> forgets how deep they were.
/// </remarks>
internal sealed class PathGeneralizer<TMask>(PathRules rules)
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    private readonly PathNode<TMask> _root = new();
    private readonly Dictionary<string, TMask> _literals = new(StringComparer.Ordinal);

    public void Add(string path, TMask mask)
    {
        if (rules.Literals.Contains(path))
        {
            string literal = path.TrimEnd('/');
            _literals[literal] = _literals.GetValueOrDefault(literal) | mask;
            return;
        }

        PathNode<TMask> node = _root;
        int at = 1;
        int length = path.AsSpan().TrimEnd('/').Length; // trailing slashes do not count when it is matched either
        while (at < length)
        {
            int slash = path.IndexOf('/', at, length - at);
            int end = slash < 0 ? length : slash;
            ReadOnlySpan<char> name = path.AsSpan(at, end - at);
            if (name is "*" && end == length)
            {
                node.AddStar(mask);
                return;
            }

            // A star inside is what two were written as.
            node = name is "*" ? node.Child(PathText.Dynamic).Child(PathText.Dynamic) : node.Child(name);
            at = end + 1;
        }

        node.IsEnd = true;
        node.Mask |= mask;
    }

    /// <param name="level">0 = the thresholds as given; each level more divides them by four.</param>
    /// <returns>Paths with <c>⋯</c> segments, and <c>*</c> where a threshold of 1 says so; in no order.</returns>
    public List<(string Path, TMask Mask)> Collapse(int level)
    {
        Collapse(_root, string.Empty, 0, rules.For(string.Empty), level);
        var result = new List<(string, TMask)>();
        PathEmitter.Emit(_root, result);
        result.AddRange(_literals.Select(literal => (literal.Key, literal.Value)));
        return result;
    }

    /// <returns>The form that profiles hold: runs of <c>⋯</c> as <c>*</c>; sorted by path, one entry per path.</returns>
    public IReadOnlyList<(string Path, TMask Mask)> Final()
    {
        Collapse(_root, string.Empty, 0, rules.For(string.Empty), 0);
        var all = new List<(string Path, TMask Mask)>();
        PathEmitter.EmitFinal(_root, all);
        var united = new SortedDictionary<string, TMask>(_literals, StringComparer.Ordinal);
        foreach ((string path, TMask mask) in all)
        {
            united[path] = united.GetValueOrDefault(path) | mask;
        }

        return [.. united.Select(pair => (pair.Key, pair.Value))];
    }

    private void Collapse(PathNode<TMask> node, string path, int depth, PathRule rule, int level)
    {
        if (node.HasStar || (rule.Threshold == 1 && node.Children.Count > 0))
        {
            node.AbsorbAll();
            return;
        }

        if (node.Children.Count > rule.Threshold >> Math.Min(2 * level, 30)
            || (node.Children.Count > 1 && node.Children.ContainsKey(PathText.Dynamic))
            || (rule.RecognizesNames && node.HasGeneratedName()))
        {
            node.MakeDynamic();
        }

        foreach ((string name, PathNode<TMask> child) in node.Children)
        {
            bool decided = depth >= rules.MaxDepth;
            string childPath = decided ? path : path + "/" + name;
            Collapse(child, childPath, depth + 1, decided ? rule : rules.For(childPath), level);
        }
    }
}
