// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Resources;

/// <summary>What can be done with kinds. Alphabetical, as every API server lists verbs.</summary>
internal static class ResourceVerbs
{
    public static IReadOnlyList<string> Stored { get; } = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    public static IReadOnlyList<string> Computed { get; } = ["get", "list", "watch"];

    public static IReadOnlyList<string> Namespace { get; } = ["get", "list"];

    /// <summary>Of the subresource <c>status</c>.</summary>
    public static IReadOnlyList<string> Status { get; } = ["get", "patch", "update"];
}
