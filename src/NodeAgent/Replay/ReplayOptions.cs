// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Replay;

/// <summary>By what a recording is judged.</summary>
internal sealed record ReplayOptions
{
    /// <summary>Null = the library's.</summary>
    public IReadOnlyList<RuntimeRule>? Rules { get; init; }

    /// <summary>What rules need not tell of.</summary>
    public IReadOnlyList<RuleException> Exceptions { get; init; } = [];

    public RulesOptions Settings { get; init; } = new();

    /// <summary>Null = no container has a profile.</summary>
    public IProfileLookup? Profiles { get; init; }

    /// <summary>Takes the time of each rule, which costs time itself.</summary>
    public bool Measure { get; init; }
}
