// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>Where an object lives.</summary>
/// <param name="Resource">Shape: plural and group, <c>containerprofiles.spdx.softwarecomposition.kubescape.io</c>.</param>
/// <param name="ObjectNamespace">Empty for cluster-scoped resources.</param>
internal readonly record struct ObjectKey(string Resource, string ObjectNamespace, string Name)
{
    public override string ToString() => ObjectNamespace.Length == 0 ? $"{Resource}/{Name}" : $"{Resource}/{ObjectNamespace}/{Name}";
}

/// <summary>One object as it was at one revision.</summary>
/// <param name="Body">Shape: the JSON document, UTF-8, metadata.resourceVersion equal to <paramref name="Revision"/>; of a list of metadata it may end with that.</param>
internal sealed record StoredObject(ObjectKey Key, long Revision, ReadOnlyMemory<byte> Body)
{
    /// <summary>Units: bytes of the whole document.</summary>
    public long SizeBytes { get; init; } = Body.Length;
}

/// <summary>Position in the order of a list: by namespace, then name, both bytewise.</summary>
internal readonly record struct ListPosition(string ObjectNamespace, string Name) : IComparable<ListPosition>
{
    public int CompareTo(ListPosition other)
    {
        int byNamespace = string.CompareOrdinal(ObjectNamespace, other.ObjectNamespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }
}
