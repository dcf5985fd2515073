// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>What an address means. Taken from the request line itself, since a server's own normalising would hide tricks.</summary>
/// <param name="Segments">Percent-decoded; none is empty, <c>.</c>, <c>..</c> or holds a slash.</param>
/// <param name="Name">Null: the collection.</param>
/// <param name="Subresource">Of the object; empty: the object itself.</param>
internal sealed record RequestPath(IReadOnlyList<string> Segments, ResourceDefinition? Resource, string? ObjectNamespace, string? Name, string Subresource = "")
{
    private const int MaxSegments = 12;

    /// <returns>Null when the address is malformed.</returns>
    public static RequestPath? Parse(string rawTarget, ServedResources served)
    {
        int query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? rawTarget : rawTarget[..query];
        if (path.Length == 0 || path[0] != '/')
        {
            return null;
        }

        string[] segments = path.Trim('/').Split('/');
        if (segments.Length > MaxSegments || path.Contains("//", StringComparison.Ordinal))
        {
            return null;
        }

        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
            if (segments[i] is "." or ".." || segments[i].AsSpan().ContainsAny('/', '\\', '\0') || segments[i].Any(char.IsControl))
            {
                return null;
            }
        }

        return Resolve(segments, served);
    }

    private static RequestPath Resolve(string[] segments, ServedResources served)
    {
        (string group, int at) = segments switch
        {
            ["api", _, ..] => (string.Empty, 1),
            ["apis", string name, _, ..] => (name, 2),
            _ => (string.Empty, segments.Length),
        };
        if (at >= segments.Length - 1)
        {
            return new RequestPath(segments, null, null, null);
        }

        string version = segments[at];
        string[] rest = segments[(at + 1)..];
        if (rest is ["namespaces", string objectNamespace, string plural, ..] && served.Find(group, version, plural) is { Namespaced: true } namespaced)
        {
            return Single(segments, namespaced, objectNamespace, rest[3..]);
        }

        return served.Find(group, version, rest[0]) is { } resource && (!resource.Namespaced || rest.Length == 1)
            ? Single(segments, resource, null, rest[1..])
            : new RequestPath(segments, null, null, null);
    }

    /// <param name="rest">What follows the plural.</param>
    private static RequestPath Single(string[] segments, ResourceDefinition resource, string? objectNamespace, string[] rest) => rest switch
    {
        [] => new RequestPath(segments, resource, objectNamespace, null),
        [string name] => new RequestPath(segments, resource, objectNamespace, name),
        [string name, StatusSubresource.Name] when resource.HasStatus => new RequestPath(segments, resource, objectNamespace, name, StatusSubresource.Name),
        _ => new RequestPath(segments, null, null, null),
    };
}
