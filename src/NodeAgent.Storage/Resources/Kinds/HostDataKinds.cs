// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Resources.Kinds;

/// <summary>What is read from nodes: one object for each node and kind.</summary>
internal static partial class HostDataKinds
{
    private static readonly HostDataJsonContext Json = HostDataJsonContext.Readable;

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        Kind("CNIInfo", "cniinfos", Json.HostDataObjectCniInfoSpec),
        Kind("CloudProviderInfo", "cloudproviderinfos", Json.HostDataObjectCloudProviderInfoSpec),
        Kind("ControlPlaneInfo", "controlplaneinfos", Json.HostDataObjectControlPlaneInfoSpec),
        Kind("KernelVersion", "kernelversions", Json.HostDataObjectKernelVersionSpec),
        Kind("KubeProxyInfo", "kubeproxyinfos", Json.HostDataObjectKubeProxyInfoSpec),
        Kind("KubeletInfo", "kubeletinfos", Json.HostDataObjectKubeletInfoSpec),
        Kind("LinuxKernelVariables", "linuxkernelvariables", Json.HostDataObjectLinuxKernelVariablesSpec),
        Kind("LinuxSecurityHardeningStatus", "linuxsecurityhardeningstatuses", Json.HostDataObjectLinuxSecurityHardeningStatusSpec),
        Kind("OpenPortsList", "openportslists", Json.HostDataObjectOpenPortsListSpec),
        Kind("OsReleaseFile", "osreleasefiles", Json.HostDataObjectOsReleaseFileSpec),
        .. Linux,
        .. Kubernetes,
    ];

    private static ResourceDefinition Kind(string kind, string plural, JsonTypeInfo type) => new()
    {
        Group = HostDataGroup.Name,
        Version = HostDataGroup.Version,
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        Categories = ["kubescape", "hostdata"],
        Namespaced = false,
        HasStatus = true,
        Verbs = ResourceVerbs.Stored,
        Type = type,
        Columns = AgentColumns.HostData,
    };
}
