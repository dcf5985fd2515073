// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Checking;

/// <summary>What a name stands for.</summary>
internal abstract record Binding(CelType Type);

/// <summary>A variable of the host.</summary>
internal sealed record VariableBinding(CelVariable Variable) : Binding(Variable.Type);

/// <summary>A variable of a macro.</summary>
internal sealed record LocalBinding(string Name, CelType Type) : Binding(Type);

/// <summary>The name of a type.</summary>
internal sealed record TypeBinding(CelType Named) : Binding(CelType.TypeOf(Named));
