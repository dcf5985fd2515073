// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>The API group of what is read from nodes.</summary>
public static class HostDataGroup
{
    public const string Name = "hostdata.kubescape.cloud";

    public const string Version = "v1beta1";

    public const string ApiVersion = Name + "/" + Version;

    /// <summary>The name of a kind in addresses. Shape: <c>kernelversions</c>.</summary>
    public static string PluralOf(string kind)
    {
        string singular = kind.ToLowerInvariant();
        return singular switch
        {
            _ when singular.EndsWith("status", StringComparison.Ordinal) => singular + "es",
            [.., 's'] => singular,
            [.. var stem, 'y'] => stem + "ies",
            _ => singular + "s",
        };
    }
}
