// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Dns;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R0005: a query for a name that is neither the cluster's own nor in the profile.</summary>
internal sealed class UnexpectedDomainRule : IRule<DnsEvent>
{
    private readonly byte[] _clusterSuffix;

    /// <param name="clusterServiceDomain">Shape: <c>svc.cluster.local</c>.</param>
    public UnexpectedDomainRule(string clusterServiceDomain) =>
        _clusterSuffix = Encoding.ASCII.GetBytes('.' + clusterServiceDomain.Trim('.').ToLowerInvariant() + '.');

    public RuleDescriptor Descriptor { get; } = new()
    {
        Id = "R0005",
        Name = "DNS Anomalies in container",
        Description = "A name was looked up that was never looked up while the workload's behaviour was learned.",
        Severity = 1,
        MitreTactic = "TA0011",
        MitreTechnique = "T1071.004",
        ProfileDependency = ProfileDependency.Required,
        IsTriggerAlert = false,
        Tags = ["anomaly", "dns", "context:container", "context:host", "context:standalone"],
        Scopes = RuleScopes.Container | RuleScopes.Cgroup | RuleScopes.SystemdUnit,
    };

    public bool Matches(in DnsEvent source, RuleContext context)
    {
        Span<byte> buffer = stackalloc byte[DnsQuestion.MaxNameLength];

        // A query that comes in is somebody else's: this unit is then the resolver.
        return source.Record.Direction == FlowDirection.Outbound
            && DnsQuestion.TryRead(source.Message, buffer, out int length)
            && length > 1
            && !buffer[..length].EndsWith(_clusterSuffix);
    }

    public bool IsExpected(in DnsEvent source, ProfileView profile)
    {
        Span<byte> buffer = stackalloc byte[DnsQuestion.MaxNameLength];
        return !DnsQuestion.TryRead(source.Message, buffer, out int length) || profile.IsDomainInEgress(buffer[..length]);
    }

    /// <summary>comm_name</summary>
    public void WriteUniqueId(in DnsEvent source, RuleContext context, UniqueIdHasher uniqueId)
    {
        Span<byte> buffer = stackalloc byte[DnsQuestion.MaxNameLength];
        _ = DnsQuestion.TryRead(source.Message, buffer, out int length);
        uniqueId.Append(ExecPath.Comm(in source.Record.Header)).Separate().Append(buffer[..length]);
    }

    public AlertFacts Describe(in DnsEvent source, RuleContext context)
    {
        Span<byte> buffer = stackalloc byte[DnsQuestion.MaxNameLength];
        _ = DnsQuestion.TryRead(source.Message, buffer, out int length);
        string name = Encoding.ASCII.GetString(buffer[..length]);
        string comm = ExecPath.Text(ExecPath.Comm(in source.Record.Header));
        return new AlertFacts(
            $"Unexpected domain communication: {name} looked up by {comm} at {source.RemoteAddress}",
            new AlertArguments { Domain = name, Protocol = "UDP", Port = source.Record.RemotePort },
            new AlertIdentifiers { Dns = new AlertDnsIdentifier(name) });
    }
}
