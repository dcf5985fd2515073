// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Text;

namespace NodeAgent.Alerts;

/// <summary>One alert for a person: what was seen, who did it, by which rule and profile. Every text of it is untrusted and escaped.</summary>
internal static class AlertExplanation
{
    public static void Write(TextWriter output, RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        Line(output, $"{alert.RuleId} {alert.AlertName}, severity {alert.Severity}");
        Line(output, alert.Message);
        output.WriteLine();
        Field(output, "Id", alert.Arguments.AlertId ?? alert.UniqueId);
        Field(output, "Time", alert.Timestamp);
        Field(output, "Repeats", alert.Arguments.RepeatCount is { } count ? $"{count}, from {alert.Arguments.FirstTime} to {alert.Arguments.LastTime}" : null);
        Field(output, "Node", alert.NodeName);
        Field(output, "Workload", alert.WorkloadKind is null ? null : $"{alert.WorkloadKind} {alert.WorkloadName}");
        Field(output, "Pod", alert.PodName is null ? null : $"{alert.PodNamespace}/{alert.PodName}");
        Field(output, "Container", alert.ContainerName is null && alert.ContainerId is null ? null : $"{alert.ContainerName} {alert.ContainerId}".Trim());
        Field(output, "Image", alert.Image);
        Field(output, "Cgroup", alert.Arguments.CgroupPath);
        WriteWhat(output, alert);
        WriteProcesses(output, envelope);
        WriteBefore(output, alert);
        WriteRule(output, alert);
        WriteProfile(output, alert);
    }

    private static void WriteWhat(TextWriter output, RuntimeAlert alert)
    {
        AlertArguments arguments = alert.Arguments;
        Field(output, "Executed", arguments.Exec is null ? null : string.Join(' ', [arguments.Exec, .. (arguments.Args ?? []).Skip(1)]));
        Field(output, "File", arguments.Path is null ? null : $"{arguments.Path} {string.Join('|', arguments.Flags ?? [])}".Trim());
        Field(output, "Peer", arguments.Ip is null ? null : $"{arguments.Proto} {arguments.Ip}:{arguments.Port} {Peer(arguments.Peer)}".Trim());
        Field(output, "Domain", arguments.Domain is null ? null : $"{arguments.Domain} {string.Join(' ', arguments.Addresses ?? [])}".Trim());
        Field(output, "Failed with", arguments.Errno is { } errno ? $"errno {errno}" : null);
    }

    private static string Peer(AlertPeer? peer) => peer is null ? string.Empty : $"({peer.Kind} {(peer.Namespace is null ? string.Empty : peer.Namespace + "/")}{peer.Name})";

    private static void WriteProcesses(TextWriter output, RuntimeAlerts envelope)
    {
        output.WriteLine();
        Line(output, "Processes, from the container's first:");
        if (envelope.Spec.ProcessTree is not { } tree)
        {
            Line(output, "  none is known");
            return;
        }

        Write(output, tree.Root, 1);
    }

    private static void Write(TextWriter output, AlertProcess process, int depth)
    {
        string what = process.Cmdline ?? process.Comm ?? process.Path ?? "?";
        string marks = string.Concat(process.Session == true ? ", came in from outside" : string.Empty, process.UpperLayer ? ", executable is not of the image" : string.Empty);
        Line(output, string.Create(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{process.Pid} {what} [{process.Path ?? process.Comm}, uid {process.Uid}, since {process.StartTime ?? "?"}{marks}]"));
        foreach (AlertProcess child in process.ChildrenMap?.Values ?? Enumerable.Empty<AlertProcess>())
        {
            Write(output, child, depth + 1);
        }
    }

    private static void WriteBefore(TextWriter output, RuntimeAlert alert)
    {
        if (alert.RecentEvents is { Count: > 0 } events)
        {
            output.WriteLine();
            Line(output, "What that process did before:");
            foreach (AlertEvent one in events)
            {
                Line(output, $"  {one.Timestamp} {one.Event} {one.Detail} {Peer(one.Peer)}".TrimEnd());
            }
        }
    }

    private static void WriteRule(TextWriter output, RuntimeAlert alert)
    {
        output.WriteLine();
        Line(output, $"Rule {alert.RuleId}: {alert.AlertName}");
        Line(output, $"  {alert.RuleDescription ?? "It has no description."}");
    }

    private static void WriteProfile(TextWriter output, RuntimeAlert alert)
    {
        output.WriteLine();
        if (alert.ProfileMetadata is not { } profile)
        {
            Line(output, "Profile: none was asked.");
            return;
        }

        string need = profile.ProfileDependency switch { 0 => "the rule needs one", 1 => "the rule uses one where there is one", _ => "the rule needs none" };
        Line(output, $"Profile: {(profile.Name is null ? "none" : $"{profile.Name}, {profile.Status}, {profile.Completion}")} ({need})");
        if (profile.FailOnProfile)
        {
            Line(output, "  The completed profile does not hold what was seen. If it is wanted: node-agent profile accept.");
        }
    }

    private static void Field(TextWriter output, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            Line(output, $"{name + ":",-12} {value}");
        }
    }

    private static void Line(TextWriter output, string text) => output.WriteLine(TerminalText.Escape(text));
}
