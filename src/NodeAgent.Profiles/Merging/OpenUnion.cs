// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>Opened paths, generalised and sorted by path; flags of one path are united.</summary>
internal static class OpenUnion
{
    private static readonly IComparer<OpenCalls> Order = Comparer<OpenCalls>.Create((a, b) => string.CompareOrdinal(a.Path, b.Path));

    public static IReadOnlyList<OpenCalls> Of(IEnumerable<OpenCalls> opens, PathRules rules)
    {
        OpenCalls[] all = [.. opens.Where(open => open?.Path is not null)];
        if (rules.Literals.Count > 0)
        {
            ILookup<bool, OpenCalls> parts = all.ToLookup(open => rules.Literals.Contains(open.Path!));
            return WithLiterals(Of(parts[false], rules with { Literals = LiteralPaths.None }), parts[true]);
        }

        PathPatterns patterns = PathPatterns.Generalize(all.Select(open => open.Path!).Where(PathPatterns.IsPath), rules);
        return SortedUnion.Of(all.Select(open => Rewrite(open, patterns)), Order, Unite);
    }

    /// <summary>As <see cref="Of"/> of both, at the cost of what is added and of the directories that it fills up.</summary>
    /// <param name="generalized">What <see cref="Of"/> or this made, by the same rules.</param>
    public static IReadOnlyList<OpenCalls> Add(IReadOnlyList<OpenCalls> generalized, IReadOnlyList<OpenCalls> added, PathRules rules)
    {
        if (added.Count == 0)
        {
            return generalized;
        }

        if (rules.Literals.Count > 0)
        {
            ILookup<bool, OpenCalls> known = generalized.ToLookup(open => rules.Literals.Contains(open.Path!));
            ILookup<bool, OpenCalls> news = added.Where(open => open?.Path is not null).ToLookup(open => rules.Literals.Contains(open.Path!));
            return WithLiterals(Add([.. known[false]], [.. news[false]], rules with { Literals = LiteralPaths.None }), known[true].Concat(news[true]));
        }

        return AddPatterns(generalized, added, rules);
    }

    private static IReadOnlyList<OpenCalls> AddPatterns(IReadOnlyList<OpenCalls> generalized, IReadOnlyList<OpenCalls> added, PathRules rules)
    {
        PathPatterns patterns = PathPatterns.Of(generalized.Select(open => open.Path!));
        List<OpenCalls> news = [.. added.Where(open => open?.Path is not null).Select(open => Rewrite(open, patterns))];
        var growth = new PathGrowth(generalized, rules);
        growth.Add(news.Select(open => open.Path!).Where(PathPatterns.IsPath));
        (IReadOnlyList<OpenCalls> kept, List<OpenCalls> taken) = growth.TakeCollapsed();
        patterns.Add(growth.Patterns);
        return SortedUnion.Add(kept, [.. taken.Concat(news).Select(open => Rewrite(open, patterns))], Order, Unite);
    }

    public static OpenCalls Rewrite(OpenCalls open, PathPatterns patterns)
    {
        string path = PathPatterns.IsPath(open.Path!) ? patterns.Rewrite(open.Path!) : open.Path!;
        IReadOnlyList<string>? flags = SortedUnion.Texts(open.Flags, null);
        return ReferenceEquals(path, open.Path) && ReferenceEquals(flags, open.Flags) ? open : new OpenCalls { Path = path, Flags = flags };
    }

    // They take no part in what becomes of the others.
    private static IReadOnlyList<OpenCalls> WithLiterals(IReadOnlyList<OpenCalls> generalized, IEnumerable<OpenCalls> literals) =>
        SortedUnion.Add(generalized, [.. literals.Select(open => new OpenCalls { Path = PathPatterns.WithoutEnd(open.Path!), Flags = SortedUnion.Texts(open.Flags, null) })], Order, Unite);

    private static OpenCalls Unite(OpenCalls one, OpenCalls other)
    {
        IReadOnlyList<string>? flags = SortedUnion.Texts(one.Flags, other.Flags);
        return ReferenceEquals(flags, one.Flags) ? one : one with { Flags = flags };
    }
}
