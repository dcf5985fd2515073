// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.HostData;

namespace NodeAgent.Api.Json;

/// <summary>JSON of what the host sensors tell of nodes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostDataObject<OsReleaseFileSpec>))]
[JsonSerializable(typeof(HostDataObject<KernelModulesSpec>))]
[JsonSerializable(typeof(HostDataObject<HostMountsSpec>))]
[JsonSerializable(typeof(HostDataObject<HostFilePermissionsSpec>))]
[JsonSerializable(typeof(HostDataObject<HostUsersSpec>))]
[JsonSerializable(typeof(HostDataObject<SshdSettingsSpec>))]
[JsonSerializable(typeof(HostDataObject<SudoRulesSpec>))]
[JsonSerializable(typeof(HostDataObject<ScheduledTasksSpec>))]
[JsonSerializable(typeof(HostDataObject<PackageSummarySpec>))]
[JsonSerializable(typeof(HostDataObject<TimeSynchronisationSpec>))]
[JsonSerializable(typeof(HostDataObject<DiskEncryptionSpec>))]
[JsonSerializable(typeof(HostDataObject<FirmwareStatusSpec>))]
[JsonSerializable(typeof(HostDataObject<KernelVersionSpec>))]
[JsonSerializable(typeof(HostDataObject<LinuxSecurityHardeningStatusSpec>))]
[JsonSerializable(typeof(HostDataObject<OpenPortsListSpec>))]
[JsonSerializable(typeof(HostDataObject<LinuxKernelVariablesSpec>))]
[JsonSerializable(typeof(HostDataObject<KubeletInfoSpec>))]
[JsonSerializable(typeof(HostDataObject<KubeProxyInfoSpec>))]
[JsonSerializable(typeof(HostDataObject<ControlPlaneInfoSpec>))]
[JsonSerializable(typeof(HostDataObject<CloudProviderInfoSpec>))]
[JsonSerializable(typeof(HostDataObject<CniInfoSpec>))]
[JsonSerializable(typeof(HostDataObject<ContainerRuntimeInfoSpec>))]
public sealed partial class HostDataJsonContext : JsonSerializerContext
{
    /// <summary>Writes text as itself, as Kubernetes does. Not safe to paste into HTML.</summary>
    public static HostDataJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
