// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Api.Names;

/// <summary>Names of profile objects.</summary>
/// <remarks>Source: Kubescape's k8s-interface naming; an agent and a storage of different makers must arrive at the same bytes.</remarks>
public static class Slug
{
    /// <summary>Units: bytes; a DNS subdomain's limit.</summary>
    public const int MaxLength = 253;

    /// <summary>Units: bytes; what a one-time slug adds: a dash and a UUID without dashes.</summary>
    public const int OneTimeSuffixLength = 33;

    private const int HashesLength = 10;
    private const int ImageHashLength = 6;

    /// <summary>Names the application profile and the network neighbourhood of a workload.</summary>
    /// <returns>False when the result would be no DNS subdomain.</returns>
    public static bool TryWorkload(InstanceId id, out string slug)
    {
        ArgumentNullException.ThrowIfNull(id);
        return TryFinish($"{id.Kind}-{id.AlternateName ?? id.Name}", id.Hash, MaxLength, out slug);
    }

    /// <summary>Names the container profile.</summary>
    /// <returns>False when the result would be no DNS subdomain.</returns>
    public static bool TryContainer(InstanceId id, out string slug) => TryContainer(id, MaxLength, out slug);

    /// <summary>Names one chunk of a container profile's time series.</summary>
    public static bool TryOneTime(InstanceId id, Guid unique, out string slug)
    {
        bool valid = TryContainer(id, MaxLength - OneTimeSuffixLength, out slug);
        slug = valid ? $"{slug}-{unique:N}" : string.Empty;
        return valid;
    }

    /// <param name="image">Shape: image reference, such as <c>docker.io/nginx:latest</c>.</param>
    /// <param name="imageHash">Shape: ends with at least six characters of the digest.</param>
    public static bool TryImage(string image, string imageHash, out string slug)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(imageHash);
        slug = string.Empty;
        if (image.Length == 0 || imageHash.Length < ImageHashLength)
        {
            return false;
        }

        const int maxImage = MaxLength - ImageHashLength - 1;
        string name = image.Replace("://", "-", StringComparison.Ordinal)
            .Replace(':', '-').Replace('/', '-').Replace('_', '-').Replace('@', '-');
        name = name.Length > maxImage ? name[..maxImage] : name;
        return Accept($"{name}-{imageHash[^ImageHashLength..]}", out slug);
    }

    /// <summary>True for <c>[a-z0-9][a-z0-9.-]{0,251}[a-z0-9]</c>.</summary>
    public static bool IsValid(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is < 2 or > MaxLength || !IsLowerAlphanumeric(text[0]) || !IsLowerAlphanumeric(text[^1]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!IsLowerAlphanumeric(c) && c is not ('.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryContainer(InstanceId id, int max, out string slug)
    {
        ArgumentNullException.ThrowIfNull(id);
        string hash = id.Hash;
        return TryFinish($"{id.Kind}-{id.AlternateName ?? id.Name}-{id.ContainerName}-{hash[..4]}-{hash[^4..]}", hash, max, out slug);
    }

    // Upstream counts and cuts bytes; a name that holds more bytes than characters is no valid slug anyway.
    private static bool TryFinish(string text, string hash, int max, out string slug)
    {
        int cut = max - HashesLength;
        return Accept(Encoding.UTF8.GetByteCount(text) < cut || text.Length < cut ? text : $"{text[..cut]}-{hash[..4]}-{hash[^4..]}", out slug);
    }

    private static bool Accept(string text, out string slug)
    {
        slug = text.ToLowerInvariant();
        if (IsValid(slug))
        {
            return true;
        }

        slug = string.Empty;
        return false;
    }

    private static bool IsLowerAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
