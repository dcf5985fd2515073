// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

public sealed record OsReleaseFileSpec
{
    public string? Content { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KernelVersionSpec
{
    public string? Content { get; init; }

    public string? NodeName { get; init; }
}

public sealed record LinuxSecurityHardeningStatusSpec
{
    /// <summary>Shape: the loaded profiles, <c>unloaded</c> or <c>stopped</c>.</summary>
    public string? AppArmor { get; init; }

    /// <summary>Shape: the configuration file, or <c>not found</c>.</summary>
    public string? SeLinux { get; init; }

    public string? NodeName { get; init; }
}

public sealed record LinuxKernelVariablesSpec
{
    public IReadOnlyList<KernelVariable>? KernelVariables { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KernelVariable
{
    public string? Key { get; init; }

    public string? Value { get; init; }

    /// <summary>Shape: path of the file.</summary>
    public string? Source { get; init; }
}

public sealed record OpenPortsListSpec
{
    public IReadOnlyList<OpenPort>? TcpPorts { get; init; }

    public IReadOnlyList<OpenPort>? UdpPorts { get; init; }

    public IReadOnlyList<OpenPort>? IcmpPorts { get; init; }

    public string? NodeName { get; init; }
}

public sealed record OpenPort
{
    public string? Transport { get; init; }

    public string? LocalAddress { get; init; }

    public int? LocalPort { get; init; }

    public string? RemoteAddress { get; init; }

    public int? RemotePort { get; init; }
}
