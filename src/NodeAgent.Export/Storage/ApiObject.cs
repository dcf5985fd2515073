// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Storage;

/// <summary>One object of the API as bytes: the client moves objects and need not know their kinds.</summary>
/// <param name="Resource">Shape: the plural, <c>containerprofiles</c>; of another group, <see cref="ApiResourceName"/>.</param>
/// <param name="Namespace">Shape: empty for resources of the cluster.</param>
/// <param name="Name">Shape: metadata.name.</param>
/// <param name="Json">Shape: the whole object in UTF-8.</param>
public sealed record ApiObject(string Resource, string Namespace, string Name, ReadOnlyMemory<byte> Json);

/// <summary>Resources of other groups than the connection's are named with theirs.</summary>
public static class ApiResourceName
{
    /// <returns>Shape: <c>profiledrifts.v1alpha1.node-agent.io</c>, as kubectl takes it.</returns>
    public static string Of(string plural, string group, string version) => $"{plural}.{version}.{group}";

    /// <returns>The group and version that the name has, or those given.</returns>
    internal static (string Plural, string GroupVersion) Parse(string resource, string groupVersion) => resource.Split('.', 3) switch
    {
        [string plural, string version, string group] => (plural, $"{group}/{version}"),
        _ => (resource, groupVersion),
    };
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">Shape: ADDED, MODIFIED, DELETED or BOOKMARK.</param>
public sealed record ApiWatchEvent(string Type, ApiObject Object);

/// <summary>A list, with the version from which a watch goes on.</summary>
public sealed record ApiList(IReadOnlyList<ApiObject> Items, string ResourceVersion);
