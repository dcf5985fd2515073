// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record PackageSummarySpec
{
    public IReadOnlyList<PackageDatabase>? Databases { get; init; }

    /// <summary>The system asks for a restart.</summary>
    public HostSetting? RebootRequired { get; init; }

    /// <summary>Packages that ask for it, sorted.</summary>
    public IReadOnlyList<string>? RebootPackages { get; init; }

    /// <summary>Whether updates come by themselves: <c>apt.unattendedUpgrade</c>, <c>dnf.applyUpdates</c>.</summary>
    public IReadOnlyList<HostSetting>? UpdateSettings { get; init; }

    public string? NodeName { get; init; }
}

public sealed record PackageDatabase
{
    /// <summary>Shape: <c>dpkg</c>, <c>rpm</c>, <c>apk</c> or <c>pacman</c>.</summary>
    public string? Format { get; init; }

    public string? Path { get; init; }

    /// <summary>Installed packages; null = they could not be counted.</summary>
    public int? Count { get; init; }

    /// <summary>Shape: RFC 3339; when a package was last installed, changed or removed.</summary>
    public string? LastChanged { get; init; }

    /// <summary>Shape: RFC 3339; when a package was last installed or changed, as the database itself says; null = it does not say it.</summary>
    public string? LastInstalled { get; init; }

    /// <summary>Shape: RFC 3339; when the lists of what could be installed were last fetched; null = not known.</summary>
    public string? ListsFetched { get; init; }
}
