// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Layout;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events.Wire;
using NodeAgent.Pipeline;
using NodeAgent.Recording.Format;

namespace NodeAgent.Replay;

/// <summary>A recording as the source of the event loop: its records, in their order, and its time. For the loop's thread.</summary>
/// <remarks>A read ends before each tick, and the clock then shows that tick's time; so the loop ticks where it did when it was recorded.</remarks>
internal sealed class RecordedSource : IRecordSource
{
    private readonly RecordingReader _reader;
    private readonly RecordedFacts _facts;
    private readonly ReplayTime _time;
    private readonly WireVersion _wire;
    private readonly EventDecoder _decoder = new();
    private readonly Action _afterStep;
    private byte[] _record = new byte[4096];
    private int _recordLength = -1;
    private bool _atTick;

    /// <param name="reader">Disposed by the caller.</param>
    /// <param name="facts">Filled as the recording is read.</param>
    /// <param name="time">Moved as the recording is read.</param>
    /// <param name="afterStep">Called when the stages have had a record or a tick.</param>
    public RecordedSource(RecordingReader reader, RecordedFacts facts, ReplayTime time, Action afterStep)
    {
        _reader = reader;
        _facts = facts;
        _time = time;
        _afterStep = afterStep;
        _wire = new WireVersion(reader.Header.Wire);
        time.UnixNs = (reader.Header.Begun - DateTimeOffset.UnixEpoch).Ticks * 100;
        MoveNext();
    }

    public ulong NowNs { get; private set; }

    public bool IsAtEnd { get; private set; }

    public long MalformedCount => _decoder.Counters.Malformed;

    /// <summary>Records that the stages had.</summary>
    public long Records { get; private set; }

    public int Read(ref EventDispatcher handler, int max)
    {
        if (_atTick)
        {
            _facts.EndTick();
            _afterStep();
            MoveNext();
        }

        int count = 0;
        while (_recordLength >= 0)
        {
            _decoder.Decode(_record.AsSpan(0, _recordLength), ref handler);
            Records++;
            count++;
            _afterStep();
            MoveNext();
        }

        return count;
    }

    public int ReadSnapshot(ref EventDispatcher handler)
    {
        int count = 0;
        foreach (byte[] task in _facts.TakeTasks())
        {
            count += _decoder.Decode(task, ref handler) == DecodeResult.Ok ? 1 : 0;
        }

        return count;
    }

    public IReadOnlyList<LossDelta> ReadLosses() => _facts.TakeLosses();

    public IReadOnlyList<BudgetCut> ReadCuts() => _facts.TakeCuts();

    // To the next step, with the facts that belong to it.
    private void MoveNext()
    {
        (_atTick, _recordLength) = (false, -1);
        while (_reader.TryRead(out EntryType type, out ReadOnlySpan<byte> entry))
        {
            switch (type)
            {
                case EntryType.Tick when entry.Length == 16:
                    NowNs = BinaryPrimitives.ReadUInt64LittleEndian(entry);
                    _time.UnixNs = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
                    _atTick = true;
                    return;
                case EntryType.Record:
                    RequireReadable(entry);
                    Keep(entry);
                    return;
                case EntryType.Task:
                    RequireReadable(entry);
                    goto default;
                default:
                    if (!_facts.TryAdd(type, entry))
                    {
                        _reader.Fail($"holds a {type} entry that makes no sense");
                    }

                    break;
            }
        }

        IsAtEnd = true;
    }

    private void Keep(ReadOnlySpan<byte> record)
    {
        if (_record.Length < record.Length)
        {
            _record = new byte[RecordingFrames.MaxEntryBytes];
        }

        record.CopyTo(_record);
        _recordLength = record.Length;
    }

    private void RequireReadable(ReadOnlySpan<byte> record)
    {
        EventKind kind = EventDecoder.KindOf(record);
        if (kind is not EventKind.None and < EventKind.Limit && !_wire.CanRead(kind))
        {
            throw new FormatException(
                $"holds records of kind {kind} in another version of the wire format (recorded by agent {_reader.Header.Agent}); this agent cannot read them: record it anew");
        }
    }
}
