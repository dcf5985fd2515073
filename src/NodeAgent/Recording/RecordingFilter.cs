// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers;
using NodeAgent.Events.Identity;
using NodeAgent.Recording.Format;

namespace NodeAgent.Recording;

/// <summary>Lets through what belongs to some containers. For the loop's thread.</summary>
/// <remarks>
/// A container's first events come before anybody knows its name. So each entry waits for a while, and whose it is is asked when it leaves. What is over
/// the bound leaves earlier.
/// </remarks>
internal sealed class RecordingFilter(RecordedChoice choice, RecordingWriter writer)
{
    private const ulong PatienceNs = 3_000_000_000;
    private const long MaxBytes = 32 << 20;

    private readonly Queue<HeldEntry> _held = new();
    private long _bytes;

    /// <summary>Set before the first entry.</summary>
    public ContainerTable? Containers { get; set; }

    public void Add(HeldEntry entry, ulong nowNs)
    {
        _held.Enqueue(entry);
        _bytes += entry.Bytes.Length;
        while (_held.TryPeek(out HeldEntry? oldest) && (_bytes > MaxBytes || oldest.TimeNs + PatienceNs < nowNs))
        {
            Leave();
        }
    }

    /// <summary>Nothing more will become known.</summary>
    public void End()
    {
        while (_held.Count > 0)
        {
            Leave();
        }
    }

    private void Leave()
    {
        HeldEntry entry = _held.Dequeue();
        _bytes -= entry.Bytes.Length;
        if (IsTaken(entry))
        {
            writer.Append(entry.Type, entry.Bytes.AsSpan(0, entry.HeadLength), entry.Bytes.AsSpan(entry.HeadLength));
        }
    }

    private bool IsTaken(HeldEntry entry)
    {
        if (entry.PodKey is { } pod)
        {
            return Containers?.LiveUnits.Any(unit => unit.Identity.PodUid == pod && choice.Takes(unit)) ?? false;
        }

        // What the machine lost may be of the container.
        bool isMachines = entry.CgroupId == 0 && entry.Container is null;
        return isMachines || IsTaken(entry.Container ?? Containers?.Find(entry.CgroupId)) || IsTaken(Containers?.Find(entry.ChildCgroupId));
    }

    private bool IsTaken(ContainerInfo? container) => container is not null && choice.Takes(container);
}
