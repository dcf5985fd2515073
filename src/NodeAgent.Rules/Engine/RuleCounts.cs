// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Engine;

/// <summary>What became of the events that a rule looked at.</summary>
/// <param name="Id">Shape: <c>R0001</c>.</param>
/// <param name="Asked">Events that its expressions were evaluated for.</param>
/// <param name="Alerts">Alerts that left, those that count repeats included.</param>
/// <param name="Repeats">Events that were counted by a cooldown instead.</param>
/// <param name="WithoutProfile">Events that it would have told of, had there been a completed profile.</param>
/// <param name="Errors">Events at which it failed.</param>
/// <param name="Time">What its expressions took, by a clock; zero unless that is measured.</param>
public readonly record struct RuleCounts(string Id, long Asked, long Alerts, long Repeats, long WithoutProfile, long Errors, TimeSpan Time);
