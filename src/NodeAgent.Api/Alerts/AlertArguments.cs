// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Alerts;

/// <summary>What the rule saw: always the checksum and the message, the rest by kind of event.</summary>
public sealed record AlertArguments
{
    /// <summary>Shape: the checksum of the profile; empty when none was used.</summary>
    public string ApChecksum { get; init; } = string.Empty;

    public string Message { get; init; } = string.Empty;

    /// <summary>Shape: 32 hex digits, the same whenever this notification is sent again, different for every other one.</summary>
    [JsonPropertyName("alertID")]
    public string? AlertId { get; init; }

    /// <summary>True when the alert of the same id was sent before and this one knows more of whose it is; null otherwise.</summary>
    public bool? Enriched { get; init; }

    public string? Exec { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>Shape: IPv4 or RFC 5952.</summary>
    public string? Ip { get; init; }

    public int? Port { get; init; }

    /// <summary>Shape: <c>TCP</c> or <c>UDP</c>, of a network event.</summary>
    public string? Proto { get; init; }

    /// <summary>Shape: a fully qualified name in lower case, the final dot included.</summary>
    public string? Domain { get; init; }

    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Shape: <c>TCP</c> or <c>UDP</c>, of a DNS event.</summary>
    public string? Protocol { get; init; }

    /// <summary>Shape: the number of the error with which the call failed; null when it succeeded.</summary>
    public int? Errno { get; init; }

    /// <summary>Shape: path in the cgroup2 tree, for units that have no container id.</summary>
    public string? CgroupPath { get; init; }

    /// <summary>How often the same happened again since the alert before; null on a first alert.</summary>
    public long? RepeatCount { get; init; }

    /// <summary>Shape: RFC 3339; the first of the repeats.</summary>
    public string? FirstTime { get; init; }

    /// <summary>Shape: RFC 3339; the last of the repeats.</summary>
    public string? LastTime { get; init; }
}

/// <summary>The things an alert names, for whoever correlates alerts.</summary>
public sealed record AlertIdentifiers
{
    public AlertProcessIdentifier? Process { get; init; }

    public AlertFileIdentifier? File { get; init; }

    public AlertDnsIdentifier? Dns { get; init; }

    public AlertNetworkIdentifier? Network { get; init; }
}

public sealed record AlertProcessIdentifier(string Name, string? CommandLine);

public sealed record AlertFileIdentifier(string Name, string? Directory);

public sealed record AlertDnsIdentifier(string Domain);

public sealed record AlertNetworkIdentifier(
    [property: JsonPropertyName("dstIP")] string DestinationIp,
    [property: JsonPropertyName("dstPort")] int DestinationPort,
    string Protocol);
