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

    /// <summary>Who had <see cref="Ip"/> at that time; null when nothing is known of it.</summary>
    public AlertPeer? Peer { get; init; }

    /// <summary>Shape: a fully qualified name in lower case, the final dot included.</summary>
    public string? Domain { get; init; }

    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Shape: <c>TCP</c> or <c>UDP</c>, of a DNS event.</summary>
    public string? Protocol { get; init; }

    /// <summary>Shape: <c>SYS_ADMIN</c>, of a capability that was used.</summary>
    public string? Capability { get; init; }

    /// <summary>Shape: <c>finit_module</c>; the system call that it is about.</summary>
    public string? Syscall { get; init; }

    /// <summary>Shape: path or name of a kernel module.</summary>
    public string? Module { get; init; }

    /// <summary>The executable of who did it, where the event is no exec.</summary>
    public string? ExePath { get; init; }

    /// <summary>Shape: command of bpf(2).</summary>
    public long? Cmd { get; init; }

    /// <summary>What a link leads to.</summary>
    public string? OldPath { get; init; }

    /// <summary>The link.</summary>
    public string? NewPath { get; init; }

    /// <summary>Shape: operation of io_uring(7).</summary>
    public long? Opcode { get; init; }

    /// <summary>Shape: <c>IORING_OP_CONNECT</c>.</summary>
    public string? Operation { get; init; }

    public uint? Ppid { get; init; }

    /// <summary>What became of a watched file; null where the alert is about something else.</summary>
    public AlertFileChange? FileChange { get; init; }

    /// <summary>Contents of the file that it is about; null = not known in time, or there is none.</summary>
    public AlertFileHash? FileHash { get; init; }

    [JsonPropertyName("src_ip")]
    public string? SourceIp { get; init; }

    [JsonPropertyName("src_port")]
    public int? SourcePort { get; init; }

    [JsonPropertyName("dst_ip")]
    public string? DestinationIp { get; init; }

    [JsonPropertyName("dst_port")]
    public int? DestinationPort { get; init; }

    /// <summary>Whether the peer of a request is of the cluster or its neighbourhood.</summary>
    public bool? Internal { get; init; }

    /// <summary>Shape: <c>inbound</c> or <c>outbound</c>, of a request.</summary>
    public string? Direction { get; init; }

    /// <summary>Of a request.</summary>
    public string? Method { get; init; }

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

/// <summary>The other end of a connection, as the API server knows it.</summary>
/// <param name="Kind">Shape: <c>Pod</c>, <c>Service</c>, <c>Endpoint</c>, <c>Node</c>, <c>Host</c>, <c>Unknown</c> or <c>Ambiguous</c>.</param>
/// <param name="Namespace">Null where the kind has none.</param>
/// <param name="Name">Null where the kind has none.</param>
/// <param name="Roles">Shape: <c>ApiServer</c>, <c>Kubelet</c>, <c>Dns</c>; null = none of them.</param>
/// <param name="TargetPort">Where the pods behind a service listen; null = not known, or no service.</param>
public sealed record AlertPeer(string Kind, string? Namespace, string? Name, IReadOnlyList<string>? Roles, int? TargetPort);

/// <summary>The things an alert names, for whoever correlates alerts.</summary>
public sealed record AlertIdentifiers
{
    public AlertProcessIdentifier? Process { get; init; }

    public AlertFileIdentifier? File { get; init; }

    public AlertDnsIdentifier? Dns { get; init; }

    public AlertNetworkIdentifier? Network { get; init; }
}

public sealed record AlertProcessIdentifier(string Name, string? CommandLine);

public sealed record AlertFileIdentifier(string Name, string? Directory)
{
    /// <param name="withoutFolder">The directory of a path that names none.</param>
    public static AlertFileIdentifier Of(string path, string? withoutFolder = "/")
    {
        ArgumentNullException.ThrowIfNull(path);
        int slash = path.LastIndexOf('/');
        return new AlertFileIdentifier(path[(slash + 1)..], slash < 0 ? withoutFolder : slash == 0 ? "/" : path[..slash]);
    }
}

public sealed record AlertDnsIdentifier(string Domain);

public sealed record AlertNetworkIdentifier(
    [property: JsonPropertyName("dstIP")] string DestinationIp,
    [property: JsonPropertyName("dstPort")] int DestinationPort,
    string Protocol);
