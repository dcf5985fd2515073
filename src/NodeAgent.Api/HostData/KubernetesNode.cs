// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.HostData;

public sealed record KubeletInfoSpec
{
    public IReadOnlyList<HostFile>? ServiceFiles { get; init; }

    public HostFile? ConfigFile { get; init; }

    public HostFile? KubeConfigFile { get; init; }

    public HostFile? ClientCAFile { get; init; }

    public string? CmdLine { get; init; }

    public string? NodeName { get; init; }
}

public sealed record KubeProxyInfoSpec
{
    public HostFile? KubeConfigFile { get; init; }

    public string? CmdLine { get; init; }

    public string? NodeName { get; init; }
}

public sealed record ControlPlaneInfoSpec
{
    [JsonPropertyName("APIServerInfo")]
    public ApiServerProcess? ApiServerInfo { get; init; }

    public ControlPlaneProcess? ControllerManagerInfo { get; init; }

    public ControlPlaneProcess? SchedulerInfo { get; init; }

    public HostFile? EtcdConfigFile { get; init; }

    public HostFile? EtcdDataDir { get; init; }

    public HostFile? AdminConfigFile { get; init; }

    [JsonPropertyName("PKIDir")]
    public HostFile? PkiDir { get; init; }

    [JsonPropertyName("PKIFiles")]
    public IReadOnlyList<HostFile>? PkiFiles { get; init; }

    public string? NodeName { get; init; }
}

public sealed record ApiServerProcess
{
    public string? CmdLine { get; init; }

    public HostFile? SpecsFile { get; init; }

    public HostFile? AuditPolicyFile { get; init; }

    public HostFile? EncryptionProviderConfigFile { get; init; }
}

public sealed record ControlPlaneProcess
{
    public string? CmdLine { get; init; }

    public HostFile? SpecsFile { get; init; }

    public HostFile? ConfigFile { get; init; }

    public HostFile? KubeConfigFile { get; init; }

    public HostFile? ClientCAFile { get; init; }
}

public sealed record CloudProviderInfoSpec
{
    /// <summary>Whether the cloud's metadata service answers pods of this node.</summary>
    public bool? ProviderMetaDataAPIAccess { get; init; }

    public string? NodeName { get; init; }
}

public sealed record CniInfoSpec
{
    [JsonPropertyName("CNIConfigFiles")]
    public IReadOnlyList<HostFile>? CniConfigFiles { get; init; }

    [JsonPropertyName("CNINames")]
    public IReadOnlyList<string>? CniNames { get; init; }

    public string? NodeName { get; init; }
}
