// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;

namespace NodeAgent.Alerts;

/// <summary>What the overlay of an alert's workload would have to hold, so that the alert's rule finds it in the profile.</summary>
/// <remarks>An alert does not say whether its container is an init container: it is taken for an ordinary one.</remarks>
internal static partial class ProfileSuggestion
{
    private const int NotRequired = 2;

    /// <returns>Shape: an ApplicationProfile or a NetworkNeighborhood that a user manages.</returns>
    /// <exception cref="CommandException">The rule judges by no profile, or no profile can hold it.</exception>
    public static IReadOnlyList<JsonObject> Of(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        if (alert.ProfileMetadata is not { ProfileDependency: not NotRequired } profile)
        {
            throw new CommandException("the alert's rule judges by no profile: an exception is what makes it quiet");
        }

        if (alert.Namespace is not { Length: > 0 } space || alert.ContainerName is not { Length: > 0 } container || profile.Name is not { Length: > 0 } name)
        {
            throw new CommandException("the alert does not name the profile that it was judged by: an exception is what makes it quiet");
        }

        Match slug = ContainerSlug().Match(name);
        string suffix = "-" + container.ToLowerInvariant();
        if (!slug.Success || !slug.Groups[1].Value.EndsWith(suffix, StringComparison.Ordinal) || !Slug.IsValid((alert.WorkloadName ?? "x").ToLowerInvariant()))
        {
            throw new CommandException($"the overlay of profile {Events.Text.TerminalText.Escape(name)} cannot be told from the alert; node-agent profile accept finds it");
        }

        return OverlayWriter.Compose(DriftOf(alert, space, container, slug.Groups[1].Value[..^suffix.Length]));
    }

    private static ProfileDrift DriftOf(RuntimeAlert alert, string space, string container, string workload) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = space,
            Annotations = new Dictionary<string, string>
            {
                [KubescapeAnnotations.WorkloadSlug] = workload,
                [KubescapeAnnotations.InstanceId] = new InstanceId
                {
                    ApiVersion = "v1",
                    Namespace = space,
                    Kind = alert.WorkloadKind ?? "Pod",
                    Name = alert.WorkloadName ?? container,
                    ContainerName = container,
                }.ToString(),
            },
        },
        Spec = SpecOf(alert.Arguments),
    };

    private static ContainerProfileSpec SpecOf(AlertArguments facts) => facts switch
    {
        { Exec: { Length: > 0 } path } => new() { Execs = [new ExecCalls { Path = path, Args = facts.Args?.Any(one => one.EndsWith(CutText.Mark, StringComparison.Ordinal)) == true ? null : facts.Args }] },
        { Flags: { } flags, Path: { Length: > 0 } path } => new() { Opens = [new OpenCalls { Path = path, Flags = flags }] },
        { OldPath: { Length: > 0 } target, NewPath: not null } => new() { Opens = [new OpenCalls { Path = target, Flags = ["O_RDONLY"] }] },
        { Capability: { Length: > 0 } capability } => new() { Capabilities = [capability] },
        { Domain: { Length: > 0 } domain } => new() { Egress = [NameOf(domain)] },
        { Ip: { Length: > 0 } address, Port: { } port } => new() { Egress = [PeerOf(address, port, facts.Proto ?? "TCP")] },
        { Syscall: { Length: > 0 } syscall, Module: null } => new() { Syscalls = [syscall] },
        _ => throw new CommandException("the alert tells of nothing that a profile holds: an exception is what makes it quiet"),
    };

    private static NetworkNeighbor NameOf(string domain) => new()
    {
        Identifier = NeighborIdentifier.Compute("external", null, domain, null, null),
        Type = "external",
        Dns = domain,
        DnsNames = [domain],
        Ports = [],
    };

    private static NetworkNeighbor PeerOf(string address, int port, string protocol)
    {
        string type = NetAddress.TryParse(address, out NetAddress parsed) && parsed.IsPrivate ? "internal" : "external";
        return new NetworkNeighbor
        {
            Identifier = NeighborIdentifier.Compute(type, address, null, null, null),
            Type = type,
            IpAddress = address,
            IpAddresses = [address],
            Ports = [new NetworkPort { Name = string.Create(CultureInfo.InvariantCulture, $"{protocol}-{port}"), Protocol = protocol, Port = port }],
        };
    }

    // Kind, name and container, then two parts of a hash.
    [GeneratedRegex("^(.+)-[0-9a-f]{4}-[0-9a-f]{4}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ContainerSlug();
}
