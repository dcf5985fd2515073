// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Storage;

/// <summary>One object of the API as bytes: the client moves objects and need not know their kinds.</summary>
/// <param name="Resource">Shape: the plural, <c>containerprofiles</c>.</param>
/// <param name="Namespace">Shape: empty for resources of the cluster.</param>
/// <param name="Name">Shape: metadata.name.</param>
/// <param name="Json">Shape: the whole object in UTF-8.</param>
public sealed record ApiObject(string Resource, string Namespace, string Name, ReadOnlyMemory<byte> Json);

/// <summary>One event of a watch.</summary>
/// <param name="Type">Shape: ADDED, MODIFIED, DELETED or BOOKMARK.</param>
public sealed record ApiWatchEvent(string Type, ApiObject Object);

/// <summary>A list, with the version from which a watch goes on.</summary>
public sealed record ApiList(IReadOnlyList<ApiObject> Items, string ResourceVersion);
