// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Watching;

/// <summary>All watched paths. Immutable; asked for each change of a file, and allocates nothing.</summary>
public sealed class WatchList
{
    private readonly WatchedPath[] _all;

    public WatchList(IEnumerable<WatchedPath> paths) => _all = [.. paths];

    public IReadOnlyList<WatchedPath> All => _all;

    /// <param name="path">Shape: absolute, of bytes.</param>
    /// <returns>The first that covers the path and wants such a change; null = none.</returns>
    public WatchedPath? Find(WatchScopes scope, ReadOnlySpan<byte> path, FileChanges change)
    {
        foreach (WatchedPath watched in _all)
        {
            if ((watched.Scopes & scope) != 0 && (watched.Changes & change) != 0 && watched.Covers(path))
            {
                return watched;
            }
        }

        return null;
    }
}
