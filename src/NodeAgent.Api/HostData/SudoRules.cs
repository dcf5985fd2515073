// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>Who may become whom. Source: sudoers(5).</summary>
public sealed record SudoRulesSpec
{
    /// <summary>In the order in which they stand: the last that fits is the one in force.</summary>
    public IReadOnlyList<SudoRule>? Rules { get; init; }

    /// <summary>Those that hold for everybody and everything, by key: value = true, false, or what is set.</summary>
    public IReadOnlyList<HostSetting>? Defaults { get; init; }

    public IReadOnlyList<string>? Files { get; init; }

    public string? NodeName { get; init; }
}

public sealed record SudoRule
{
    /// <summary>Shape: users, <c>%groups</c>, <c>#uids</c> and aliases with commas between them.</summary>
    public string? Who { get; init; }

    public string? Hosts { get; init; }

    /// <summary>Shape: <c>ALL:ALL</c>; null = root.</summary>
    public string? RunAs { get; init; }

    public string? Commands { get; init; }

    /// <summary>Some command of it asks for no password.</summary>
    public bool? NoPassword { get; init; }

    /// <summary>Any command, by itself or through an alias.</summary>
    public bool? AllCommands { get; init; }

    public string? Source { get; init; }

    public int? Line { get; init; }
}
