// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Names the C struct that a mirror repeats; the layout test compares both through BTF.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class WireStructAttribute(string cName) : Attribute
{
    /// <summary>Shape: the struct's name in bpf/include/event.h, such as <c>na_exec</c>.</summary>
    public string CName { get; } = cName;
}

/// <summary>Names the C member behind a mirror's field where snake_case of the field's name is not it.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class WireFieldAttribute(string cName) : Attribute
{
    public string CName { get; } = cName;
}
