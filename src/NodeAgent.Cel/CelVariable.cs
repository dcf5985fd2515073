// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel;

/// <summary>A declared variable: its value is set in a <see cref="CelContext"/>.</summary>
public sealed class CelVariable
{
    internal CelVariable(string name, CelType type, int slot) => (Name, Type, Slot) = (name, type, slot);

    public string Name { get; }

    public CelType Type { get; }

    internal int Slot { get; }
}
