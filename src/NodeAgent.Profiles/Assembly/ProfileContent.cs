// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Assembly;

/// <summary>What profiles say of their content, in annotations and in words.</summary>
public static class ProfileContent
{
    /// <returns>Units: entries of its lists; ports of neighbours are not counted apart.</returns>
    public static int Findings(ContainerProfileSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (spec.Execs?.Count ?? 0) + (spec.Opens?.Count ?? 0) + (spec.Syscalls?.Count ?? 0) + (spec.Capabilities?.Count ?? 0) + (spec.Endpoints?.Count ?? 0)
            + (spec.Ingress?.Count ?? 0) + (spec.Egress?.Count ?? 0);
    }

    /// <returns>Shape: SHA-256 of its JSON, in hex.</returns>
    public static string Checksum(ContainerProfileSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, ApiJsonContext.Readable.ContainerProfileSpec)));
}
