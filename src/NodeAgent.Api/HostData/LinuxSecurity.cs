// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record LinuxSecurityHardeningStatusSpec
{
    /// <summary>Shape: the loaded profiles, <c>unloaded</c> or <c>stopped</c>.</summary>
    public string? AppArmor { get; init; }

    /// <summary>Shape: the configuration file, or <c>not found</c>.</summary>
    public string? SeLinux { get; init; }

    /// <summary>By name; null = AppArmor is not there, or they cannot be read.</summary>
    public IReadOnlyList<AppArmorProfile>? AppArmorProfiles { get; init; }

    /// <summary>Shape: how many profiles are in each mode, <c>enforce</c> → 12.</summary>
    public IReadOnlyDictionary<string, int>? AppArmorModes { get; init; }

    /// <summary>
    /// Shape: <c>apparmor.enabled</c>, <c>lsm.active</c>, <c>lockdown.mode</c>, <c>module.signatureEnforced</c>, <c>seccomp.actions</c>, <c>secureBoot.state</c>,
    /// <c>selinux.mode</c> and others, by key. What the host does not tell is left out.
    /// </summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    /// <summary>Arguments of the kernel's command line that switch a protection off. The rest of the command line is not told, since it may hold credentials.</summary>
    public IReadOnlyList<HostSetting>? WeakeningArguments { get; init; }

    public string? NodeName { get; init; }
}

public sealed record AppArmorProfile
{
    public string? Name { get; init; }

    /// <summary>Shape: <c>enforce</c>, <c>complain</c>, <c>kill</c>, <c>unconfined</c> or <c>prompt</c>.</summary>
    public string? Mode { get; init; }
}
