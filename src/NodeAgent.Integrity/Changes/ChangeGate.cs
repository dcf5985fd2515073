// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Changes;

/// <summary>Keeps what one process does to one file many times a second, and floods of one unit, from costing the event loop an alert each. For the loop's thread.</summary>
internal sealed class ChangeGate
{
    /// <summary>Units: ns between two observations of the same.</summary>
    public const ulong IntervalNs = 1_000_000_000;

    // Units: observations of one unit.
    private const double PerSecond = 100;
    private const double Burst = 2000;
    private const int MaxRecent = 1024;
    private const int MaxUnits = 1024;

    private readonly RecentMap<(FileChanges Change, ulong Inode, uint Device, ProcessKey Process), Recent> _recent = new(MaxRecent);
    private readonly RecentMap<ulong, Bucket> _buckets = new(MaxUnits);
    private readonly List<FileObservation> _due = [];

    /// <summary>True: the same was observed within the interval, and is observed once more when that is over.</summary>
    public bool IsRepeat(FileChanges change, ulong inode, uint device, ProcessKey process, ulong nowNs)
    {
        if (inode == 0 || !_recent.TryGet((change, inode, device, process), out Recent? recent) || nowNs >= recent.TimeNs + IntervalNs)
        {
            return false;
        }

        recent.Repeats++;
        return true;
    }

    /// <returns>False: the unit is over its rate.</returns>
    public bool TrySpend(ulong cgroupId, ulong nowNs)
    {
        if (!_buckets.TryGet(cgroupId, out Bucket? bucket))
        {
            bucket = new Bucket { Left = Burst, TimeNs = nowNs };
            _buckets.Set(cgroupId, bucket);
        }

        bucket.Left = Math.Min(Burst, bucket.Left + (nowNs > bucket.TimeNs ? (nowNs - bucket.TimeNs) / 1e9 * PerSecond : 0));
        bucket.TimeNs = Math.Max(bucket.TimeNs, nowNs);
        if (bucket.Left < 1)
        {
            return false;
        }

        bucket.Left--;
        return true;
    }

    public void Note(FileObservation seen, ulong nowNs)
    {
        if (seen.Inode != 0)
        {
            _recent.Set((seen.Change, seen.Inode, seen.Device, seen.Process), new Recent { Seen = seen, TimeNs = nowNs });
        }
    }

    /// <summary>What was repeated, once its interval is over.</summary>
    /// <remarks>Valid until the next call.</remarks>
    public IReadOnlyList<FileObservation> TakeDue(ulong nowNs)
    {
        _due.Clear();
        foreach (Recent recent in _recent.Values)
        {
            if (recent.Repeats > 0 && nowNs >= recent.TimeNs + IntervalNs)
            {
                _due.Add(recent.Seen with { Repeats = recent.Repeats });
                (recent.Repeats, recent.TimeNs) = (0, nowNs);
            }
        }

        return _due;
    }

    private sealed class Recent
    {
        public required FileObservation Seen { get; init; }

        public ulong TimeNs { get; set; }

        public long Repeats { get; set; }
    }

    private sealed class Bucket
    {
        public double Left { get; set; }

        public ulong TimeNs { get; set; }
    }
}
