// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections;

namespace NodeAgent.Profiles.Learning;

/// <summary>One program that was executed.</summary>
/// <param name="Exe">Shape: path text as UTF-8.</param>
/// <param name="Argvs">Shape: argument lists, each argument ended by NUL; null = any.</param>
internal sealed record LearnedExec(byte[] Exe, byte[][]? Argvs)
{
    /// <summary>Beside each argument list, or one for any; shorter when the rest had none.</summary>
    public EnvironmentSet?[] Environments { get; init; } = [];

    public EnvironmentSet EnvironmentOf(int list) => (list < Environments.Length ? Environments[list] : null) ?? EnvironmentSet.Empty;
}

/// <summary>What an <see cref="ExecSet"/> held at one moment. Immutable; any thread; put together when it is read first.</summary>
/// <param name="ofAll">The environment of all of them; null = each has its own.</param>
internal sealed class ExecList(
    ByteList<ExecSet.Executable> execs, ByteList<int> lists, EnvironmentSet?[] ofExecs, EnvironmentSet?[] ofLists, EnvironmentSet? ofAll) : IReadOnlyList<LearnedExec>
{
    private LearnedExec[]? _all;

    public int Count => execs.Count;

    public LearnedExec this[int index] => All[index];

    private LearnedExec[] All => _all ??= Read();

    public IEnumerator<LearnedExec> GetEnumerator() => ((IEnumerable<LearnedExec>)All).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static EnvironmentSet? At(EnvironmentSet?[] sets, int index) => index < sets.Length ? sets[index] : null;

    private LearnedExec[] Read()
    {
        var argvs = new List<byte[]>?[execs.Count];
        var environments = new List<EnvironmentSet?>?[execs.Count];
        for (int i = 0; i < lists.Count; i++)
        {
            ReadOnlySpan<byte> text = lists.TextAt(i);
            int exec = BinaryPrimitives.ReadInt32LittleEndian(text);
            if (exec < execs.Count && !execs.ValueAt(exec).IsAny)
            {
                (argvs[exec] ??= []).Add(text[sizeof(int)..].ToArray());
                (environments[exec] ??= []).Add(At(ofLists, i));
            }
        }

        var all = new LearnedExec[execs.Count];
        for (int i = 0; i < all.Length; i++)
        {
            byte[] exe = execs.TextAt(i).ToArray();
            all[i] = execs.ValueAt(i).IsAny
                ? new LearnedExec(exe, null) { Environments = [ofAll ?? At(ofExecs, i)] }
                : new LearnedExec(exe, argvs[i]?.ToArray() ?? []) { Environments = environments[i]?.ToArray() ?? [] };
        }

        return all;
    }
}
