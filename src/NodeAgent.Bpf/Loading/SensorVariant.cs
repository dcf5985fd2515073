// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>A set of programs of an object that together do the work. Programs outside it are not loaded.</summary>
/// <param name="Name">Shape: a word, <c>fentry</c>, <c>lsm</c>, <c>tracepoint</c>, <c>kprobe</c>, <c>cgroup</c>: what configuration and doctor call it.</param>
/// <param name="Hooks">Where it hooks, for people.</param>
/// <param name="Includes">Chooses its programs; a program may be in several variants.</param>
internal sealed record SensorVariant(string Name, string Hooks, Func<BpfProgram, bool> Includes)
{
    /// <summary>
    /// Chooses among the included programs those that the variant works without: where the kernel has no such hook, or refuses
    /// the program, it is left out and named in <see cref="SensorStatus.Without"/>.
    /// </summary>
    internal Func<BpfProgram, bool> IsOptional { get; init; } = static _ => false;

    /// <summary>The variant of all programs with these hook types; sections that begin with <c>?</c> too.</summary>
    /// <param name="hookTypes">Shape: <see cref="BpfProgram.HookType"/>: <c>tp_btf</c>, <c>fentry</c>.</param>
    internal static SensorVariant OfTypes(string name, string hooks, params string[] hookTypes) =>
        new(name, hooks, program => hookTypes.Contains(program.HookType));
}
