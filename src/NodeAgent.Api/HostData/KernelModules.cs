// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record KernelModulesSpec
{
    /// <summary>False = this kernel takes no modules at all.</summary>
    public bool? Loadable { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<KernelModule>? Modules { get; init; }

    /// <summary>Modules that modprobe is told not to load: key = name, value = <c>blacklist</c> (not by itself) or the command that runs in place of it.</summary>
    public IReadOnlyList<HostSetting>? Disabled { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KernelModule
{
    public string? Name { get; init; }

    /// <summary>Units: bytes.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Shape: letters of the kernel's taint flags, <c>OE</c>; null = none. O: not of the kernel's tree, E: not signed, P: proprietary, F: forced.</summary>
    public string? Taints { get; init; }

    /// <summary>Null = this kernel does not look at signatures.</summary>
    public bool? Signed { get; init; }
}
