// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>The newest notes, so many as it may hold. For the event loop's thread.</summary>
internal sealed class WitnessRing(int most)
{
    // A program that writes a file in pieces does not push out what others did.
    private const int LookBack = 8;

    private readonly List<WitnessNote> _notes = [];
    private int _next;

    public IReadOnlyList<WitnessNote> Notes => _notes;

    /// <summary>Units: ns of CLOCK_BOOTTIME; of the newest note.</summary>
    public ulong NewestNs { get; private set; }

    /// <returns>False when an older note had to go for it.</returns>
    public bool Note(in WitnessedAct act, EventSubject who)
    {
        NewestNs = Math.Max(NewestNs, act.Header.TimeNs);
        for (int back = 1; back <= Math.Min(LookBack, _notes.Count); back++)
        {
            if (_notes[(_next - back + _notes.Count) % _notes.Count].TryRepeat(act, who))
            {
                return true;
            }
        }

        bool hasRoom = _notes.Count < most;
        if (hasRoom)
        {
            _notes.Add(new WitnessNote());
        }

        WitnessNote note = _notes[hasRoom ? _notes.Count - 1 : _next];
        note.Set(act, who);
        _next = hasRoom ? _notes.Count % most : (_next + 1) % most;
        return hasRoom;
    }
}
