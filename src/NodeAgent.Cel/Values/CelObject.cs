// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Values;

/// <summary>A value with declared fields that the host holds, for example the event at hand; one instance may serve one event after the other.</summary>
public abstract class CelObject
{
    /// <summary>The declaration of the fields: the same instance for every value of this class.</summary>
    public abstract CelObjectType ObjectType { get; }
}
