// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.HostData;

/// <summary>What one sensor tells of one node, whose name the object has; cluster-scoped. The kind is named as <typeparamref name="TSpec"/>, without its last word.</summary>
public sealed record HostDataObject<TSpec>
    where TSpec : class
{
    public string? ApiVersion { get; init; } = HostDataGroup.ApiVersion;

    public string? Kind { get; init; }

    public ObjectMeta Metadata { get; init; } = new();

    public TSpec? Spec { get; init; }

    public HostDataStatus? Status { get; init; }
}

public sealed record HostDataStatus
{
    /// <summary>Shape: RFC 3339.</summary>
    public string? LastSensed { get; init; }

    /// <summary>Why it could not be read; empty = it could.</summary>
    public string? Error { get; init; }
}

/// <summary>A file of the node.</summary>
public sealed record HostFile
{
    public HostFileOwnership? Ownership { get; init; }

    public string? Path { get; init; }

    /// <summary>Shape: base64. Left out of files that hold credentials.</summary>
    public string? Content { get; init; }

    /// <summary>Shape: the bits of the mode, as a decimal number.</summary>
    public int? Permissions { get; init; }

    /// <summary>Shape: 64 hex digits. An addition of ours.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The certificates that it holds, in its order; null = it is no file of certificates. An addition of ours.</summary>
    public IReadOnlyList<HostCertificate>? Certificates { get; init; }

    /// <summary>Rights that it gives to whoever runs it; null = none, or not looked for. An addition of ours.</summary>
    public HostFileCapabilities? Capabilities { get; init; }
}

public sealed record HostFileOwnership
{
    public string? Err { get; init; }

    public long? Uid { get; init; }

    public long? Gid { get; init; }

    public string? Username { get; init; }

    public string? Groupname { get; init; }
}
