// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Loading;

/// <summary>What became of the rules that were read.</summary>
/// <param name="Set">What is judged by.</param>
/// <param name="Untold">Event types that rules of it look at and of which nothing tells here, with the reason.</param>
public sealed record RuleOutcome(RuleSet Set, IReadOnlyDictionary<RuleEventType, string> Untold);
