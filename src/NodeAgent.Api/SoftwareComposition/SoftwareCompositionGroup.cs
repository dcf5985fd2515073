// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.SoftwareComposition;

/// <summary>The API group of the profile kinds.</summary>
public static class SoftwareCompositionGroup
{
    public const string Name = "spdx.softwarecomposition.kubescape.io";

    public const string Version = "v1beta1";

    public const string ApiVersion = Name + "/" + Version;
}
