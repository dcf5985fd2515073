// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>Which alerts a sink gets: those that hold to every part that is set.</summary>
public sealed record AlertFilter
{
    public static AlertFilter All { get; } = new();

    /// <summary>Shape: 0 to 10; 0 = all.</summary>
    public int MinSeverity { get; init; }

    /// <summary>Shape: ids such as <c>R0001</c>; empty = all.</summary>
    public IReadOnlyCollection<string> Rules { get; init; } = [];

    /// <summary>Shape: names; empty = all, those without a namespace too.</summary>
    public IReadOnlyCollection<string> Namespaces { get; init; } = [];

    public bool Passes(RuntimeAlert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Severity >= MinSeverity
            && (Rules.Count == 0 || Rules.Contains(alert.RuleId))
            && (Namespaces.Count == 0 || (alert.Namespace is { } name && Namespaces.Contains(name)));
    }
}
