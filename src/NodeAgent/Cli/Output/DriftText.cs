// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Text;
using NodeAgent.Profiles.Assembly;

namespace NodeAgent.Cli.Output;

/// <summary>A drift for the terminal: a line for each thing that the profile does not hold.</summary>
internal static class DriftText
{
    public static string Of(ProfileDrift drift)
    {
        ContainerProfileSpec spec = drift.Spec ?? new ContainerProfileSpec();
        int count = ProfileContent.Findings(spec);
        string whose = $"{drift.Metadata.Namespace}/{drift.Metadata.Name}";
        if (count == 0)
        {
            return $"Profile {whose} holds all that its container does.\n";
        }

        var text = new StringBuilder();
        string nodes = drift.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.Node) is { Length: > 0 } names ? $" on {TerminalText.Escape(names.Replace(",", ", ", StringComparison.Ordinal))}" : string.Empty;
        text.Append($"Profile {whose} does not hold {count} {(count == 1 ? "thing" : "things")} that its container did{nodes}:\n");
        Lines(text, "exec", spec.Execs, exec => string.Join(' ', [exec.Path, .. (exec.Args ?? []).Skip(1)]));
        Lines(text, "open", spec.Opens, open => $"{open.Path}  {string.Join(',', open.Flags ?? [])}");
        Lines(text, "capability", spec.Capabilities, name => name);
        Lines(text, "http", spec.Endpoints, endpoint => $"{endpoint.Direction} {string.Join(',', endpoint.Methods ?? [])} {endpoint.Endpoint}");
        Lines(text, "ingress", spec.Ingress, Neighbor);
        Lines(text, "egress", spec.Egress, Neighbor);
        return text.ToString();
    }

    public static ContainerProfileSpec Only(ContainerProfileSpec spec, IReadOnlyCollection<string> kinds) => new()
    {
        Execs = kinds.Contains("execs") ? spec.Execs : null,
        Opens = kinds.Contains("opens") ? spec.Opens : null,
        Capabilities = kinds.Contains("capabilities") ? spec.Capabilities : null,
        Endpoints = kinds.Contains("endpoints") ? spec.Endpoints : null,
        Ingress = kinds.Contains("ingress") ? spec.Ingress : null,
        Egress = kinds.Contains("egress") ? spec.Egress : null,
    };

    private static void Lines<T>(StringBuilder text, string kind, IReadOnlyList<T>? entries, Func<T, string?> line)
    {
        foreach (T entry in entries ?? [])
        {
            text.Append($"  + {kind,-10}  {TerminalText.Escape(line(entry) ?? string.Empty)}\n");
        }
    }

    private static string Neighbor(NetworkNeighbor neighbor)
    {
        string[] ports = [.. (neighbor.Ports ?? []).Select(port => port.Name ?? $"{port.Protocol}-{port.Port}")];
        string names = neighbor.DnsNames is { Count: > 0 } dns ? string.Join(',', dns) : neighbor.Dns ?? string.Empty;
        string who = neighbor.PodSelector is { } pods
            ? $"pods {Labels(pods)}{(neighbor.NamespaceSelector is { } space ? $" in {space.MatchLabels?.GetValueOrDefault(KubernetesLabels.NamespaceName)}" : string.Empty)}"
            : string.Join(',', (neighbor.IpAddresses ?? []).Append(neighbor.IpAddress).Where(address => !string.IsNullOrEmpty(address)));
        return string.Join("  ", new[] { who, names, string.Join(',', ports) }.Where(part => part.Length > 0));
    }

    private static string Labels(LabelSelector selector) =>
        string.Join(',', (selector.MatchLabels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}"));
}
