// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.Api.Names;

/// <summary>Names one container of one workload; its text and its hash name the workload's profiles.</summary>
/// <remarks>Shape of the text: <c>apiVersion-apps/v1/namespace-a/kind-ReplicaSet/name-nginx-77b4/containerName-nginx</c>.</remarks>
public sealed record InstanceId
{
    public required string ApiVersion { get; init; }

    public required string Namespace { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required string ContainerName { get; init; }

    public ContainerType ContainerType { get; init; }

    /// <summary>Replaces <see cref="Name"/> in slugs (a DaemonSet's name with its revision); never in the text and the hash.</summary>
    public string? AlternateName { get; init; }

    /// <summary>Shape: 64 lower-case hex digits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())));

    public override string ToString() =>
        $"apiVersion-{ApiVersion}/namespace-{Namespace}/kind-{Kind}/name-{Name}/{ContainerKey(ContainerType)}{ContainerName}";

    /// <param name="text">Shape: as <see cref="ToString"/> writes; the API version may hold one slash.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out InstanceId? id)
    {
        ArgumentNullException.ThrowIfNull(text);
        id = null;
        string rest = text;
        if (!TakeUpTo(ref rest, "apiVersion-", "/namespace-", out string apiVersion)
            || !TakeUpTo(ref rest, "/namespace-", "/kind-", out string ns)
            || !TakeUpTo(ref rest, "/kind-", "/name-", out string kind)
            || !rest.StartsWith("/name-", StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest["/name-".Length..];
        foreach (ContainerType type in Enum.GetValues<ContainerType>())
        {
            string key = "/" + ContainerKey(type);
            int at = rest.IndexOf(key, StringComparison.Ordinal);
            if (at > 0 && at + key.Length < rest.Length)
            {
                id = new InstanceId
                {
                    ApiVersion = apiVersion,
                    Namespace = ns,
                    Kind = kind,
                    Name = rest[..at],
                    ContainerName = rest[(at + key.Length)..],
                    ContainerType = type,
                };
                return true;
            }
        }

        return false;
    }

    private static string ContainerKey(ContainerType type) => type switch
    {
        ContainerType.InitContainer => "initContainerName-",
        ContainerType.EphemeralContainer => "ephemeralContainerName-",
        _ => "containerName-",
    };

    private static bool TakeUpTo(ref string rest, string prefix, string end, out string value)
    {
        value = string.Empty;
        int at = rest.IndexOf(end, StringComparison.Ordinal);
        if (at < prefix.Length || !rest.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        value = rest[prefix.Length..at];
        rest = rest[at..];
        return true;
    }
}
