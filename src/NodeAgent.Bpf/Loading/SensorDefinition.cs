// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Loading;

/// <summary>One capability: an object file and the ways to hook it, best first.</summary>
/// <param name="Name">Also the object's name: <c>file</c> is in <c>file.bpf.o</c>.</param>
/// <param name="Variants">In order of preference; their names differ.</param>
internal sealed record SensorDefinition(string Name, IReadOnlyList<SensorVariant> Variants)
{
    /// <summary>A sensor with one way to work: all programs of its object, but those whose section begins with <c>?</c>.</summary>
    internal SensorDefinition(string name, string variant, string hooks)
        : this(name, [new SensorVariant(variant, hooks, static program => program.IsEnabled)])
    {
    }

    /// <summary>Sensors of one chain load one after the other because they share maps; chains load side by side.</summary>
    internal string Chain { get; init; } = Name;

    /// <summary>This sensor with one variant only.</summary>
    /// <returns>Null when it has none of that name.</returns>
    internal SensorDefinition? Forced(string variant) =>
        Variants.FirstOrDefault(candidate => candidate.Name == variant) is { } only ? this with { Variants = [only] } : null;
}
