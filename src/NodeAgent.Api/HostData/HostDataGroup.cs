// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>The API group of what is read from nodes.</summary>
public static class HostDataGroup
{
    public const string Name = "hostdata.kubescape.cloud";

    public const string Version = "v1beta1";

    public const string ApiVersion = Name + "/" + Version;
}
