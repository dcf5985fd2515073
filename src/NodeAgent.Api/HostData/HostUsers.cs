// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>The accounts of the host's own files. Never a hash of a password.</summary>
public sealed record HostUsersSpec
{
    /// <summary>By name, then in the order of the file.</summary>
    public IReadOnlyList<HostUser>? Users { get; init; }

    /// <summary>Groups whose members can become root: <c>sudo</c>, <c>wheel</c>, <c>docker</c> and the like.</summary>
    public IReadOnlyList<PrivilegedGroup>? PrivilegedGroups { get; init; }

    /// <summary>Of login.defs: <c>PASS_MAX_DAYS</c>, <c>PASS_MIN_DAYS</c>, <c>UMASK</c>, <c>ENCRYPT_METHOD</c>.</summary>
    public IReadOnlyList<HostSetting>? LoginSettings { get; init; }

    public string? NodeName { get; init; }
}

public sealed record HostUser
{
    public string? Name { get; init; }

    public long? Uid { get; init; }

    public long? Gid { get; init; }

    public string? Home { get; init; }

    public string? Shell { get; init; }

    /// <summary>Whether the shell lets one in: it is none of <c>nologin</c>, <c>false</c>, <c>sync</c>, <c>halt</c>, <c>shutdown</c>.</summary>
    public bool? CanLogIn { get; init; }

    /// <summary>Shape: <c>empty</c> (anybody is let in), <c>locked</c>, <c>set</c>, <c>setInPasswd</c> (in the file that everybody may read), <c>unknown</c>.</summary>
    public string? Password { get; init; }

    /// <summary>Shape: path of the file that names the account.</summary>
    public string? Source { get; init; }

    /// <summary>From 1.</summary>
    public int? Line { get; init; }
}

public sealed record PrivilegedGroup
{
    public string? Name { get; init; }

    public long? Gid { get; init; }

    /// <summary>By name: those that the group's line names, and those whose own group it is.</summary>
    public IReadOnlyList<string>? Members { get; init; }
}
