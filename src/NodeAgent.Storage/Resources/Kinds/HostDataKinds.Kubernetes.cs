// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;

namespace NodeAgent.Storage.Resources.Kinds;

internal static partial class HostDataKinds
{
    private static ResourceDefinition[] Kubernetes =>
    [
        Kind("ContainerRuntimeInfo", "containerruntimeinfos", HostDataJsonContext.Readable.HostDataObjectContainerRuntimeInfoSpec),
    ];
}
