// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity;

// An opening for writing is an event, a write is none: a file that was opened so is followed, so that who holds it open and writes much later is found out.
internal sealed partial class IntegrityWorker
{
    private const int MaxFollowed = 1024;
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);
    private readonly RecentMap<int, Followed> _followed = new(MaxFollowed);
    private WriteWatch? _writes;

    // Before its contents are read: what is written from then on is told.
    private void Follow(RootDirectory root, byte[] path, FileObservation seen)
    {
        if (_writes is null || seen.Change is not (FileChanges.Change or FileChanges.Create) || root.TryGetFacts(path, follow: false, out FileFacts facts) != 0 || !facts.IsRegular)
        {
            return;
        }

        int error = root.TryOpenFile(path, out SafeFileHandle file, out _);
        using (file)
        {
            if (error != 0 || _writes.TryAdd(file, out int number) != 0)
            {
                _metrics.Unwatched();
                return;
            }

            if (_followed.Set(number, new Followed(number, seen)) is { } longest)
            {
                _metrics.Unwatched();
                _writes.Remove(longest.Number);
            }
        }
    }

    private void FollowWrites()
    {
        if (_writes is null || _followed.Count == 0)
        {
            return;
        }

        bool isWhole = _writes.Read(
            number =>
            {
                if (_followed.TryGet(number, out Followed? followed))
                {
                    Expect(followed.Seen, isLater: true, FollowInterval);
                }
            },
            _followed.Remove);
        if (!isWhole)
        {
            foreach (Followed followed in _followed.Values.ToArray())
            {
                Expect(followed.Seen, isLater: true, FollowInterval);
            }
        }
    }

    private sealed record Followed(int Number, FileObservation Seen);
}
