// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>What the database holds of an object is not what was written: its checksum is wrong. Others are not concerned.</summary>
internal sealed class DamagedObjectException(ObjectKey key, long revision)
    : StoreUnavailableException($"{key} is damaged in the database, its checksum is wrong: delete it, or restore a backup")
{
    /// <summary>What stands for a document that nobody can read any more.</summary>
    public static ReadOnlyMemory<byte> Document { get; } = """{"metadata":{"uid":"","resourceVersion":"0"}}"""u8.ToArray();

    /// <summary>The object as it can be deleted.</summary>
    public StoredObject Stored { get; } = new(key, revision, Document);
}
