// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>Execs by path and arguments; environments are united, and arguments are required only where all ask for it.</summary>
internal static class ExecUnion
{
    private static readonly IComparer<ExecCalls> Order = Comparer<ExecCalls>.Create(Compare);

    public static IReadOnlyList<ExecCalls> Of(IEnumerable<ExecCalls> execs) => SortedUnion.Of(execs.Where(exec => exec?.Path is not null).Select(Clean), Order, Unite);

    /// <param name="sorted">What <see cref="Of"/> or this made.</param>
    public static IReadOnlyList<ExecCalls> Add(IReadOnlyList<ExecCalls> sorted, IReadOnlyList<ExecCalls> added) =>
        SortedUnion.Add(sorted, [.. added.Where(exec => exec?.Path is not null).Select(Clean)], Order, Unite);

    private static ExecCalls Clean(ExecCalls exec)
    {
        IReadOnlyList<string>? envs = SortedUnion.Texts(exec.Envs, null);
        bool isClean = exec.Args is not null && !exec.Args.Contains(null!) && ReferenceEquals(envs, exec.Envs);
        return isClean ? exec : exec with { Args = [.. (exec.Args ?? []).Select(argument => argument ?? string.Empty)], Envs = envs };
    }

    private static ExecCalls Unite(ExecCalls one, ExecCalls other)
    {
        IReadOnlyList<string>? envs = SortedUnion.Texts(one.Envs, other.Envs);
        bool required = one.ArgsRequired && other.ArgsRequired;
        return ReferenceEquals(envs, one.Envs) && required == one.ArgsRequired ? one : one with { Envs = envs, ArgsRequired = required };
    }

    private static int Compare(ExecCalls? a, ExecCalls? b)
    {
        int byPath = string.CompareOrdinal(a!.Path, b!.Path);
        IReadOnlyList<string> one = a.Args!;
        IReadOnlyList<string> other = b.Args!;
        for (int i = 0; byPath == 0 && i < Math.Min(one.Count, other.Count); i++)
        {
            byPath = string.CompareOrdinal(one[i], other[i]);
        }

        return byPath != 0 ? byPath : one.Count.CompareTo(other.Count);
    }
}
