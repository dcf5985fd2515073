// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>One capability: an object file and the ways to hook it, best first.</summary>
/// <param name="Name">Also the object's name: <c>file</c> is in <c>file.bpf.o</c>.</param>
/// <param name="Variants">In order of preference.</param>
internal sealed record SensorDefinition(string Name, IReadOnlyList<SensorVariant> Variants)
{
    /// <summary>Sensors of one chain load one after the other because they share maps; chains load side by side.</summary>
    internal string Chain { get; init; } = Name;

    internal SensorDefinition(string name, string variant)
        : this(name, [new SensorVariant(variant, static program => program.IsEnabled)])
    {
    }
}

/// <summary>A set of programs of an object that together do the work.</summary>
/// <param name="Name">What doctor prints.</param>
/// <param name="Includes">Chooses them.</param>
internal sealed record SensorVariant(string Name, Func<BpfProgram, bool> Includes);
