// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Loading;

/// <summary>Has somebody tell of the events that rules look at.</summary>
public interface IEventSensors
{
    /// <summary>Sees to it that events of a type are told. May take as long as the kernel needs to take programs in: never on the event loop.</summary>
    /// <returns>Why they are not, one line; null = they are.</returns>
    string? Provide(RuleEventType type);
}
