// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Looking;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity;

// From what was seen to an alert.
internal sealed partial class IntegrityWorker
{
    private readonly Dictionary<FileKey, Pending> _pending = [];

    private DateTimeOffset NextLook =>
        _pending.Count > 0 ? _pending.Values.Min(pending => pending.Due)
        : _followed.Count > 0 ? _time.GetUtcNow() + FollowInterval
        : DateTimeOffset.MaxValue;

    // Contents are read when the writer had time to write; all else is as it is.
    private void Take(FileObservation seen)
    {
        if (seen.IsOpening)
        {
            Expect(seen, isLater: false, _options.Settle);
            return;
        }

        if (seen.OldPath is { } old && _pending.Remove(seen.Key with { Path = old }, out Pending? moved) && moved.Seen.Change != FileChanges.Create)
        {
            Judge(moved.Seen, moved.IsLater);
        }

        if (_pending.Remove(seen.Key, out Pending? before))
        {
            Judge(before.Seen, before.IsLater);
        }

        Judge(seen, isLater: false);
    }

    // The first of several that wait for the same look stays: it is who began.
    private void Expect(FileObservation seen, bool isLater, TimeSpan wait)
    {
        if (!_pending.TryGetValue(seen.Key, out Pending? pending))
        {
            _pending[seen.Key] = new Pending(seen, isLater, _time.GetUtcNow() + wait);
        }
        else if (pending.IsLater && !isLater)
        {
            _pending[seen.Key] = pending with { Seen = seen, IsLater = false };
        }
        else if (!isLater && pending.Seen.Executable != seen.Executable)
        {
            // Another program: both are told.
            _pending.Remove(seen.Key);
            Judge(pending.Seen, pending.IsLater);
            _pending[seen.Key] = new Pending(seen, isLater, _time.GetUtcNow() + wait);
        }
    }

    private void JudgeDue(bool all)
    {
        DateTimeOffset now = _time.GetUtcNow();
        foreach (FileKey key in _pending.Where(pending => all || pending.Value.Due <= now).Select(pending => pending.Key).ToArray())
        {
            if (_pending.Remove(key, out Pending? due))
            {
                Judge(due.Seen, due.IsLater);
            }
        }
    }

    /// <param name="isLater">A further write by who had the file open already.</param>
    private void Judge(FileObservation seen, bool isLater)
    {
        if (!IsMeant(seen))
        {
            return;
        }

        byte[] path = ByteText.Encode(seen.Path);
        Look look = LookAt(seen, path, out FileState? image, out bool isImageKnown);
        bool isKnown = TryGetKnown(seen.Key, out FileState? before);
        if (!isKnown && isImageKnown && seen.Container.SeenFromStart)
        {
            before = image;
        }
        else if (!isKnown && seen.OldPath is { } old)
        {
            TryGetKnown(seen.Key with { Path = old }, out before);
        }

        if (look.Outcome == LookOutcome.Late || look.State?.Unread is not null)
        {
            _metrics.Unread(look.State?.Unread ?? "late");
        }

        Learn(seen, path, look);
        if (IsAsBefore(seen, isLater, before, look.State))
        {
            _metrics.Unchanged();
            return;
        }

        var states = new FileStates(before, look, image);
        Api.Alerts.RuntimeAlerts alert = FileChangeAlerts.WithStates(_alerts.Complete(seen.Alert, seen.Container), seen, states, isLater || seen.Repeats > 0);
        if (_repeated.Admit(seen, alert))
        {
            _metrics.Told(FileChangeNames.Word(seen.Change));
            Send(alert);
        }
    }

    // The pod's namespace may be told later than the event.
    private static bool IsMeant(FileObservation seen) =>
        seen.IsHost || seen.Watched.Namespaces.Count == 0 || seen.Watched.Namespaces.Contains(seen.Container.Identity.PodNamespace);

    private static bool IsAsBefore(FileObservation seen, bool isLater, FileState? before, FileState? after)
    {
        if (before is null || after is null)
        {
            return isLater && before is null == after is null;
        }

        bool isSame = before.HasContentsOf(after) && before.HasPermissionsOf(after) && before.HasOwnerOf(after);
        return seen.Change switch
        {
            FileChanges.Change => before.HasContentsOf(after),
            FileChanges.Create => isLater && before.HasContentsOf(after),
            FileChanges.Chmod => before.HasPermissionsOf(after),
            FileChanges.Chown => before.HasOwnerOf(after),

            // Of another name of the file, which may be there as it was.
            FileChanges.Remove or FileChanges.Rename or FileChanges.Move or FileChanges.Mount => seen.SeenAs is not null && isSame,
            _ => false,
        };
    }

    private Look LookAt(FileObservation seen, byte[] path, out FileState? image, out bool isImageKnown)
    {
        (image, isImageKnown) = (null, false);
        if (seen.IsHost)
        {
            return LookAtHost(seen, path);
        }

        ProcessLook look = _looks.LookAt(seen, path, _stop.Token);
        Follow(seen, look.Follow);
        if (look.Image is { } original)
        {
            (image, isImageKnown) = (original.State, true);
        }

        return look.Look;
    }

    private Look LookAtHost(FileObservation seen, byte[] path)
    {
        if (_host is null)
        {
            return new Look(LookOutcome.Denied, null);
        }

        if (seen.IsOpening)
        {
            Follow(seen, ProcessLooker.Follow(_writes, _host, path));
        }

        Look look = _digester.LookAt(_host, path, _stop.Token);
        if (seen.SeenAs is not null || seen.Inode == 0 || look.State?.Facts.Inode == seen.Inode)
        {
            return look;
        }

        // Another file than the process had: it may have a root or mounts of its own.
        Look own = _looks.LookAt(seen, path, _stop.Token).Look;
        return own.Outcome == LookOutcome.Late || own.State?.Facts.Inode == seen.Inode ? own : look;
    }

    private bool TryGetKnown(FileKey key, out FileState? state) => key.CgroupId == 0 ? _baseline.TryGet(key.Path, out state) : _containerFiles.TryGet(key, out state);

    private void Learn(FileObservation seen, byte[] path, in Look look)
    {
        if (look.Outcome is LookOutcome.Gone or LookOutcome.Denied or LookOutcome.Late)
        {
            return;
        }

        if (!seen.IsHost)
        {
            LearnOfContainer(seen, look.State);
            return;
        }

        if (seen.Change is FileChanges.Rename or FileChanges.Move && seen.OldPath is { } old)
        {
            Forget(old);
            if (look.State is not { Facts.IsDirectory: false })
            {
                MoveFolder(old, seen.Path, seen.Watched);
            }
        }

        if (look.State is { } state)
        {
            Remember(seen.Path, state, path);
            RememberAs(seen, state);
        }
        else
        {
            Forget(seen.Path);
        }

        if (seen.Change == FileChanges.Mount)
        {
            Compare();
        }
    }

    private void LearnOfContainer(FileObservation seen, FileState? state)
    {
        if (seen.Change is FileChanges.Rename or FileChanges.Move && seen.OldPath is { } old)
        {
            _containerFiles.Set(seen.Key with { Path = old }, null);
        }

        _containerFiles.Set(seen.Key, state);
        if (state is { Facts.IsRegular: true } && seen.Inode != 0)
        {
            TellAll(seen.Inode, seen.Device);
        }
    }

    // With a folder goes what is in it. What is gone again may have been one.
    private void MoveFolder(string from, string to, WatchedPath watched)
    {
        string folder = from + "/";
        foreach ((string path, FileState _) in _baseline.Files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal)))
        {
            if (Forget(path) is { } state)
            {
                string moved = string.Concat(to, path.AsSpan(from.Length));
                Remember(moved, state, ByteText.Encode(moved));
            }
        }

        AdoptFolder(to, watched);
    }

    /// <param name="Due">When it is looked at.</param>
    private sealed record Pending(FileObservation Seen, bool IsLater, DateTimeOffset Due);
}
