// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Looking;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity;

// An opening for writing is an event, a write is none: a file that was opened so is followed, so that who holds it open and writes much later is found out.
internal sealed partial class IntegrityWorker
{
    private const int MaxFollowed = 1024;
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);
    private readonly RecentMap<int, Followed> _followed = new(MaxFollowed);
    private WriteWatch? _writes;

    /// <param name="number">What <see cref="ProcessLooker.Follow"/> gave.</param>
    private void Follow(FileObservation seen, int number)
    {
        if (number == ProcessLook.CannotFollow)
        {
            _metrics.Unwatched();
        }
        else if (number >= 0 && _followed.Set(number, new Followed(number, seen)) is { } longest)
        {
            _metrics.Unwatched();
            _writes?.Remove(longest.Number);
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
