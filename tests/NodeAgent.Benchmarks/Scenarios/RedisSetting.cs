// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What is attached while Redis is measured.</summary>
/// <param name="Name">Shape: stands in the table.</param>
/// <param name="Flags">Shape: flags of <c>node-agent run</c>, each followed by its value.</param>
/// <param name="IsJudged">The target is for this one, where fentry carries it.</param>
internal sealed record RedisSetting(string Name, string[] Flags, bool IsJudged = false);
