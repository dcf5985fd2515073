// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>What an address means. Taken from the request line itself, since a server's own normalising would hide tricks.</summary>
/// <param name="Segments">Percent-decoded; none is empty, <c>.</c>, <c>..</c> or holds a slash.</param>
/// <param name="Name">Null: the collection.</param>
internal sealed record RequestPath(IReadOnlyList<string> Segments, ResourceDefinition? Resource, string? ObjectNamespace, string? Name)
{
    private const int MaxSegments = 12;

    /// <returns>Null when the address is malformed.</returns>
    public static RequestPath? Parse(string rawTarget)
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

        return Resolve(segments);
    }

    private static RequestPath Resolve(string[] segments)
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
        if (rest is ["namespaces", string objectNamespace, string plural, ..] && rest.Length <= 4
            && ResourceCatalog.Find(group, version, plural) is { Namespaced: true } namespaced)
        {
            return new RequestPath(segments, namespaced, objectNamespace, rest.Length == 4 ? rest[3] : null);
        }

        return rest.Length <= 2 && ResourceCatalog.Find(group, version, rest[0]) is { } resource && (!resource.Namespaced || rest.Length == 1)
            ? new RequestPath(segments, resource, null, rest.Length == 2 ? rest[1] : null)
            : new RequestPath(segments, null, null, null);
    }
}
