// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules;

/// <summary>How a rule depends on the container's profile. The values are those of the Rules kind.</summary>
public enum ProfileDependency
{
    /// <summary>Judges only by a completed profile.</summary>
    Required = 0,

    /// <summary>Uses a completed profile when there is one, judges without it otherwise.</summary>
    Optional = 1,

    NotRequired = 2,
}

/// <summary>The kinds of unit a rule watches.</summary>
[Flags]
public enum RuleScopes
{
    None = 0,

    /// <summary>Containers, and units whose kind is not known yet: an attack must not profit from late metadata.</summary>
    Container = 1,
    Cgroup = 2,
    SystemdUnit = 4,
    Host = 8,
    All = Container | Cgroup | SystemdUnit | Host,
}

/// <summary>What a rule is, apart from how it judges.</summary>
public sealed record RuleDescriptor
{
    /// <summary>Shape: <c>R0001</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Shape: 1 to 10.</summary>
    public required int Severity { get; init; }

    /// <summary>Shape: <c>TA0002</c>.</summary>
    public required string MitreTactic { get; init; }

    /// <summary>Shape: <c>T1059</c>.</summary>
    public required string MitreTechnique { get; init; }

    public required ProfileDependency ProfileDependency { get; init; }

    public required bool IsTriggerAlert { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What to do about it; empty = the rule does not say.</summary>
    public string Remediation { get; init; } = string.Empty;

    /// <summary>A profile may allow it by process (<c>rulePolicies</c>).</summary>
    public bool SupportsPolicy { get; init; }

    /// <summary>The event types that it looks at.</summary>
    public IReadOnlyList<Expressions.RuleEventType> EventTypes { get; init; } = [];

    /// <summary>Kinds of event of which the rule must see each occurrence, as one that counts them: the kernel keeps back none of them.</summary>
    public IReadOnlyList<EventKind> EveryOccurrenceOf { get; init; } = [];

    /// <summary>It judges who the other end of a connection is: what it finds waits until that can be known.</summary>
    public bool JudgesPeers { get; init; }

    /// <summary>Where it applies unless the options say otherwise.</summary>
    public RuleScopes Scopes { get; init; } = RuleScopes.All;
}
