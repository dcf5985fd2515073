// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Files;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;
using NodeAgent.HostScan.Drift;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Sees who changes what drift is about: files of configuration, programs that run as somebody else or with capabilities, modules and mounts.</summary>
/// <remarks>
/// Notes and answers belong to the event loop's thread; scans ask from theirs and wait for a tick. What the kernel does not tell again (a program that opens the same file once more for
/// writing) is not noted again.
/// </remarks>
internal sealed class DriftWitness : IEventConsumer, IDisposable
{
    private const uint SetIds = 0xC00;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    // The clock of the scan is read before the files are, and both clocks are compared now and then only.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Meter _meter = new("NodeAgent.HostScanning.Witnesses");
    private readonly WitnessNotes _notes = new();
    private readonly ConcurrentQueue<WitnessInquiry> _asked = new();
    private readonly WallClock _clock;
    private uint[] _hostDevices = [];
    private long _noted;
    private long _unanswered;

    public DriftWitness(TimeProvider time)
    {
        _clock = new WallClock(time);
        _meter.CreateObservableCounter("node_agent_host_witness_notes_total", () => Volatile.Read(ref _noted), null, "Acts that were noted, since they may be what changes the node");
        _meter.CreateObservableCounter("node_agent_host_witness_overwritten_total", () => _notes.Overwritten, null, "Notes of acts that went for newer ones");
        _meter.CreateObservableCounter("node_agent_host_witness_unanswered_total", () => Volatile.Read(ref _unanswered), null, "Scans whose questions the event loop did not answer in time");
    }

    /// <summary>File systems of the host on which files lie that matter: what containers write there is noted, whatever they call it.</summary>
    /// <param name="devices">Shape: <see cref="Interop.Platform.FileFacts.KernelDevice"/>.</param>
    public void SetHostDevices(IEnumerable<uint> devices) => Volatile.Write(ref _hostDevices, [.. devices.Where(device => device != 0).Distinct()]);

    /// <summary>Waits for the event loop. Any thread but that.</summary>
    /// <returns>One for each; null where nobody was seen.</returns>
    public IReadOnlyList<WitnessAccount?> Ask(IReadOnlyList<(IReadOnlyList<WitnessQuestion> Questions, DateTimeOffset Since)> questions, CancellationToken stop)
    {
        if (questions.All(one => one.Questions.Count == 0))
        {
            return new WitnessAccount?[questions.Count];
        }

        var inquiry = new WitnessInquiry(questions);
        _asked.Enqueue(inquiry);
        if (inquiry.Answer.Wait((int)AnswerTime.TotalMilliseconds, stop))
        {
            return inquiry.Answer.Result;
        }

        Interlocked.Increment(ref _unanswered);
        return new WitnessAccount?[questions.Count];
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
        ref readonly OpenRecord record = ref open.Record;
        if (!open.MayWrite || open.Failed || open.Path.IsEmpty)
        {
            return;
        }

        var act = new WitnessedAct(DriftSubject.File, RuleEventType.Open, open.Path, in record.Header) { Inode = record.Inode, Device = record.Device };
        Note(act, record.Mode, record.RecordFlags, subject);
    }

    public void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
        ref readonly FileChangeRecord record = ref change.Record;
        if (change.Failed || change.Path.IsEmpty || record.Operation == FileOperation.Umount || RuleEventTypes.Of(record.Operation) is not { } type)
        {
            return;
        }

        if (record.Operation == FileOperation.Mount)
        {
            Note(new WitnessedAct(DriftSubject.Mount, type, change.Path, in record.Header), subject, isElsewhere: false);
            return;
        }

        var act = new WitnessedAct(DriftSubject.File, type, change.Path, in record.Header) { Inode = record.Inode, Device = record.Device };
        if (type == RuleEventType.Xattr && change.Name.SequenceEqual("security.capability"u8))
        {
            Note(act, subject, isElsewhere: false);
            return;
        }

        Note(act, record.Mode, record.RecordFlags, subject);
        if (record.Operation == FileOperation.Rename && WatchedPlaces.Holds(change.OtherPath))
        {
            // There is nothing under the old name now.
            Note(new WitnessedAct(DriftSubject.File, type, change.OtherPath, in record.Header) { Device = record.Device }, subject, isElsewhere: false);
        }
    }

    public void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject)
    {
        if (privilege.Record.Operation == PrivilegeOperation.ModuleLoad && !privilege.Failed && !privilege.Detail.IsEmpty)
        {
            Note(new WitnessedAct(DriftSubject.Module, RuleEventType.Kmod, privilege.Detail, in privilege.Record.Header), subject, isElsewhere: false);
        }
    }

    public void OnTick(ulong bootTimeNs)
    {
        if (!_asked.TryPeek(out WitnessInquiry? inquiry) || !inquiry.IsDue)
        {
            return;
        }

        _asked.TryDequeue(out _);
        _clock.Synchronise(bootTimeNs);
        inquiry.SetAnswer(Find);
    }

    public void Dispose() => _meter.Dispose();

    private void Note(in WitnessedAct act, uint mode, OpenRecordFlags flags, EventSubject subject)
    {
        bool isWatched = (FileTypes.MayBeRegular(mode) && (mode & SetIds) != 0) || WatchedPlaces.Holds(act.Name);
        if (isWatched || IsOfHost(act, flags, subject))
        {
            Note(act, subject, !isWatched);
        }
    }

    private void Note(in WitnessedAct act, EventSubject subject, bool isElsewhere)
    {
        Volatile.Write(ref _noted, _noted + 1);
        _notes.Note(act, subject, isElsewhere);
    }

    private bool IsOfHost(in WitnessedAct act, OpenRecordFlags flags, EventSubject subject) =>
        act.Device != 0 && (flags & OpenRecordFlags.UpperLayer) == 0 && subject.Container.Identity.Kind == UnitKind.Container && Volatile.Read(ref _hostDevices).AsSpan().Contains(act.Device);

    private WitnessAccount? Find(IReadOnlyList<WitnessQuestion> questions, DateTimeOffset since)
    {
        long sinceNs = (since - Slack - DateTimeOffset.UnixEpoch).Ticks * 100;
        WitnessNote? note = _notes.Find(questions, note => _clock.ToUnixNs(note.TimeNs) >= sinceNs);
        if (note is null)
        {
            return null;
        }

        ProcessInfo doer = note.Doer();
        return new WitnessAccount(
            new AlertEvent(_clock.ToText(note.TimeNs), RuleEventTypes.NameOf(note.Type), ByteText.Decode(note.Name)),
            doer.Pid,
            doer.Comm,
            doer.ExePath.Length == 0 ? null : doer.ExePath,
            AlertParts.CommandLine(doer.Argv),
            AlertParts.Tree(doer, note.Unit, _clock),
            note.Unit);
    }
}
