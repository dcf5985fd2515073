// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>What was noted, with room of its own for each container, so that none can push out what another one or the host did. For the event loop's thread.</summary>
internal sealed class WitnessNotes
{
    private const int MaxOfHost = 2048;
    private const int MaxOfContainer = 128;
    private const int MaxElsewhere = 64;
    private const int MaxContainers = 128;

    private readonly WitnessRing _host = new(MaxOfHost);
    private readonly Dictionary<ulong, (WitnessRing Watched, WitnessRing Elsewhere)> _containers = [];

    private long _overwritten;

    /// <summary>Notes that went for newer ones. Any thread may read it.</summary>
    public long Overwritten => Volatile.Read(ref _overwritten);

    /// <param name="isElsewhere">The place itself says nothing: only the file can tell that it is one of those that matter.</param>
    public void Note(in WitnessedAct act, EventSubject who, bool isElsewhere)
    {
        if (!RingOf(who.Container, isElsewhere).Note(act, who))
        {
            Interlocked.Increment(ref _overwritten);
        }
    }

    /// <summary>The newest of those that are surest.</summary>
    /// <param name="isNew">Whether a note may be what changed something; others are not looked at.</param>
    /// <returns>Null when nobody was seen.</returns>
    public WitnessNote? Find(IReadOnlyList<WitnessQuestion> questions, Func<WitnessNote, bool> isNew)
    {
        (WitnessNote? best, WitnessMatch how) = (null, WitnessMatch.None);
        foreach (WitnessNote note in _containers.Values.SelectMany(rings => rings.Watched.Notes.Concat(rings.Elsewhere.Notes)).Concat(_host.Notes).Where(isNew))
        {
            WitnessMatch match = questions.Max(question => note.Match(question));
            if (match > how || (match == how && match != WitnessMatch.None && note.TimeNs > best!.TimeNs))
            {
                (best, how) = (note, match);
            }
        }

        return best;
    }

    private WitnessRing RingOf(ContainerInfo unit, bool isElsewhere)
    {
        if (unit.Identity.Kind != UnitKind.Container)
        {
            return _host;
        }

        if (!_containers.TryGetValue(unit.CgroupId, out (WitnessRing Watched, WitnessRing Elsewhere) rings))
        {
            MakeRoom();
            rings = (new WitnessRing(MaxOfContainer), new WitnessRing(MaxElsewhere));
            _containers.Add(unit.CgroupId, rings);
        }

        return isElsewhere ? rings.Elsewhere : rings.Watched;
    }

    private void MakeRoom()
    {
        if (_containers.Count < MaxContainers)
        {
            return;
        }

        (ulong oldest, (WitnessRing watched, WitnessRing elsewhere)) = _containers.MinBy(container => Math.Max(container.Value.Watched.NewestNs, container.Value.Elsewhere.NewestNs));
        Interlocked.Add(ref _overwritten, watched.Notes.Count + elsewhere.Notes.Count);
        _containers.Remove(oldest);
    }
}
