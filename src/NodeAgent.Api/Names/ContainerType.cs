// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Which list of a pod's spec a container stands in.</summary>
public enum ContainerType
{
    Container,
    InitContainer,
    EphemeralContainer,
}

public static class ContainerTypes
{
    /// <returns>Shape: <c>containers</c>, <c>initContainers</c> or <c>ephemeralContainers</c>.</returns>
    public static string ToFieldName(this ContainerType type) => type switch
    {
        ContainerType.InitContainer => "initContainers",
        ContainerType.EphemeralContainer => "ephemeralContainers",
        _ => "containers",
    };
}
