// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Digests;

/// <summary>What a file was like at one time.</summary>
/// <param name="Facts">Of the file itself, also where it is a link.</param>
/// <param name="Sha256">Shape: 64 lower-case hex digits; null = it has no contents that were read.</param>
/// <param name="Target">What a link says; null = it is none.</param>
/// <param name="Unread">Why the contents of a regular file were not read; null = they were.</param>
public sealed record FileState(FileFacts Facts, string? Sha256, string? Target = null, string? Unread = null)
{
    /// <summary>Whether the contents are the same, as far as they are known: the digest, else size and time of the last write.</summary>
    public bool HasContentsOf(FileState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Facts.Mode & FileFacts.TypeMask) == (other.Facts.Mode & FileFacts.TypeMask)
            && Target == other.Target
            && (Sha256 is not null && other.Sha256 is not null
                ? Sha256 == other.Sha256
                : !Facts.IsRegular || (Facts.SizeBytes == other.Facts.SizeBytes && Facts.ModifiedNs == other.Facts.ModifiedNs));
    }

    public bool HasOwnerOf(FileState other) => Facts.Uid == other.Facts.Uid && Facts.Gid == other.Facts.Gid;

    public bool HasPermissionsOf(FileState other) => Facts.Permissions == other.Facts.Permissions;
}
