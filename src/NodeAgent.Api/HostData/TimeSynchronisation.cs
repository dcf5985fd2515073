// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record TimeSynchronisationSpec
{
    /// <summary>Programs that set the clock and run, by name: <c>chronyd</c>, <c>systemd-timesyncd</c>, <c>ntpd</c>.</summary>
    public IReadOnlyList<string>? Running { get; init; }

    /// <summary>Units of such programs that start with the machine, by name.</summary>
    public IReadOnlyList<string>? Enabled { get; init; }

    /// <summary>Where the time comes from: key = <c>server</c>, <c>pool</c>, <c>peer</c>, <c>refclock</c> or <c>NTP</c>, in the order of the files.</summary>
    public IReadOnlyList<HostSetting>? Servers { get; init; }

    /// <summary>Null = nothing on the host says it without being asked.</summary>
    public bool? Synchronised { get; init; }

    /// <summary>Shape: <c>Europe/Berlin</c>; null = not set, or a copy.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Shape: <c>tsc</c>, <c>kvm-clock</c>.</summary>
    public string? ClockSource { get; init; }

    public string? NodeName { get; init; }
}
