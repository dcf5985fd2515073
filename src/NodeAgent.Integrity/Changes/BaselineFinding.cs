// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Changes;

/// <summary>A file of the machine that is other than the baseline says, and no event told why.</summary>
/// <param name="Path">Shape: <c>ByteText</c>.</param>
/// <param name="Before">Null: it was not there.</param>
/// <param name="After">Null: it is gone.</param>
internal sealed record BaselineFinding(WatchedPath Watched, string Path, FileState? Before, FileState? After)
{
    public FileChanges Change =>
        Before is null ? FileChanges.Create
        : After is null ? FileChanges.Remove
        : !Before.HasContentsOf(After) ? FileChanges.Change
        : !Before.HasPermissionsOf(After) ? FileChanges.Chmod
        : !Before.HasOwnerOf(After) ? FileChanges.Chown
        : FileChanges.None;
}
