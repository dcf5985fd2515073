// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.HostData;

public sealed record KubeletInfoSpec
{
    public IReadOnlyList<HostFile>? ServiceFiles { get; init; }

    public HostFile? ConfigFile { get; init; }

    public HostFile? KubeConfigFile { get; init; }

    public HostFile? ClientCAFile { get; init; }

    /// <summary>Shape: arguments with blanks between them, secrets taken out.</summary>
    public string? CmdLine { get; init; }

    public string? NodeName { get; init; }

    /// <summary>Shape: <c>kubelet</c>, <c>k3s</c>, <c>rke2</c>, <c>microk8s</c>, <c>hyperkube</c>: the program in which it runs. An addition of ours, as all below.</summary>
    public string? Program { get; init; }

    /// <summary>The files of the drop-in directory, in the order in which they are read.</summary>
    public IReadOnlyList<HostFile>? ConfigDropIns { get; init; }

    /// <summary>The kubeconfig with which it asks for its first certificate.</summary>
    public HostFile? BootstrapKubeConfigFile { get; init; }

    /// <summary>The certificate with which it serves.</summary>
    public HostFile? TlsCertFile { get; init; }

    /// <summary>Owner and mode only.</summary>
    public HostFile? TlsPrivateKeyFile { get; init; }

    /// <summary>The certificate with which it talks to the API server, where it has it in a file of its own.</summary>
    public HostFile? ClientCertFile { get; init; }

    /// <summary>What is in force: default, file, drop-ins, flags, each over those before it. Keys: path of the field, <c>authentication.anonymous.enabled</c>; flags that are no
    /// field stand as <c>--hostname-override</c>.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    /// <summary>True, where every file was read that sets something; null = of what is not among the settings nothing is known, and defaults are not told.</summary>
    public bool? AllRead { get; init; }
}

public sealed record KubeProxyInfoSpec
{
    public HostFile? KubeConfigFile { get; init; }

    /// <summary>Shape: arguments with blanks between them, secrets taken out.</summary>
    public string? CmdLine { get; init; }

    /// <summary>An addition of ours, as all below. Null also when the file is only in the container.</summary>
    public HostFile? ConfigFile { get; init; }

    /// <summary>What is in force, as far as the node tells it. Keys: path of the field.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

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

    /// <summary>An addition of ours, as all below.</summary>
    public ControlPlaneProcess? EtcdInfo { get; init; }

    /// <summary>Shape: the program that has all parts in itself, <c>k3s</c>, <c>microk8s</c>; null = each part is a program.</summary>
    public string? Program { get; init; }

    /// <summary>What is passed to parts of such a program, and its own options. Keys: <c>kube-apiserver.anonymous-auth</c>, <c>k3s.secrets-encryption</c>.</summary>
    public IReadOnlyList<HostSetting>? ExtraSettings { get; init; }

    /// <summary>Every kubeconfig with an administrator's rights that lies on the node.</summary>
    public IReadOnlyList<HostFile>? AdminConfigFiles { get; init; }
}

public sealed record ApiServerProcess
{
    public string? CmdLine { get; init; }

    public HostFile? SpecsFile { get; init; }

    public HostFile? AuditPolicyFile { get; init; }

    public HostFile? EncryptionProviderConfigFile { get; init; }

    /// <summary>Flags in force, by name without dashes: lists as lists, documented defaults where they bear on security. An addition of ours.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    public AuditPolicyFacts? AuditPolicy { get; init; }

    public EncryptionFacts? Encryption { get; init; }
}

public sealed record ControlPlaneProcess
{
    public string? CmdLine { get; init; }

    public HostFile? SpecsFile { get; init; }

    public HostFile? ConfigFile { get; init; }

    public HostFile? KubeConfigFile { get; init; }

    public HostFile? ClientCAFile { get; init; }

    /// <summary>Flags in force, by name without dashes: lists as lists, documented defaults where they bear on security. An addition of ours.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }
}

public sealed record CloudProviderInfoSpec
{
    /// <summary>Whether the cloud's metadata service answers pods of this node.</summary>
    public bool? ProviderMetaDataAPIAccess { get; init; }

    public string? NodeName { get; init; }

    /// <summary>Shape: <c>aws</c>, <c>gcp</c>, <c>azure</c>, …; null = none that is known. An addition of ours, as all below.</summary>
    public string? Provider { get; init; }

    /// <summary>Shape: what the firmware says of its maker, <c>Amazon EC2</c>.</summary>
    public string? Vendor { get; init; }

    public string? Product { get; init; }

    /// <summary>Which services answered, and how; never what. Sorted. Null = nobody was asked.</summary>
    public IReadOnlyList<MetadataAccess>? MetadataServices { get; init; }

    /// <summary>Whether any of them hands out metadata to a plain GET, as a tricked web server sends it.</summary>
    public bool? AnswersPlainRequests { get; init; }
}

public sealed record CniInfoSpec
{
    [JsonPropertyName("CNIConfigFiles")]
    public IReadOnlyList<HostFile>? CniConfigFiles { get; init; }

    [JsonPropertyName("CNINames")]
    public IReadOnlyList<string>? CniNames { get; init; }

    public string? NodeName { get; init; }
}

/// <summary>How a metadata service answered.</summary>
public sealed record MetadataAccess
{
    /// <summary>Shape: <c>aws-imdsv1</c>, <c>aws-imdsv2</c>, <c>gcp</c>, <c>azure</c>, …</summary>
    public string? Service { get; init; }

    /// <summary>Whether it gave what was asked for (status 200).</summary>
    public bool Answers { get; init; }

    /// <summary>Whether no header and no token is asked for.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Shape: status of HTTP.</summary>
    public int Status { get; init; }
}
