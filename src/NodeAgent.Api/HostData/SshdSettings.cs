// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>How the SSH server is configured. Source: sshd_config(5).</summary>
public sealed record SshdSettingsSpec
{
    /// <summary>Shape: <c>9.2p1</c>; null = the program was not found.</summary>
    public string? Version { get; init; }

    /// <summary>What is in force for a connection that no <c>Match</c> block is for, by key in lower case; where no file says it, the default of this version.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    /// <summary>In the order in which they stand.</summary>
    public IReadOnlyList<SshdMatch>? Matches { get; init; }

    /// <summary>Shape: paths of the files that were read, in their order.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    public string? NodeName { get; init; }
}

/// <summary>Settings of some connections only.</summary>
public sealed record SshdMatch
{
    /// <summary>Shape: <c>User backup Address 10.0.0.0/8</c>.</summary>
    public string? Criteria { get; init; }

    public IReadOnlyList<HostSetting>? Settings { get; init; }

    public string? Source { get; init; }

    public int? Line { get; init; }
}
