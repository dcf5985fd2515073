// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Alerts;

/// <summary>Which alerts are asked for; null = all.</summary>
/// <param name="Rule">Shape: an id.</param>
/// <param name="Namespace">Shape: a name.</param>
/// <param name="Container">Shape: name or id of a container or the start of its id, name of a pod or workload.</param>
/// <param name="MinSeverity">Shape: 0 to 10.</param>
/// <param name="Since">Those before it are left out.</param>
internal sealed record AlertSelection(string? Rule, string? Namespace, string? Container, int MinSeverity, DateTimeOffset? Since)
{
    public bool Holds(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        return (Rule is null || alert.RuleId == Rule)
            && (Namespace is null || alert.Namespace == Namespace)
            && (Container is null || IsOf(alert, Container))
            && alert.Severity >= MinSeverity
            && (Since is not { } since || (DateTimeOffset.TryParse(alert.Timestamp, CultureInfo.InvariantCulture, out DateTimeOffset time) && time >= since));
    }

    private static bool IsOf(RuntimeAlert alert, string name) =>
        alert.ContainerName == name || alert.PodName == name || alert.WorkloadName == name || (alert.ContainerId?.StartsWith(name, StringComparison.Ordinal) ?? false);
}
