// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Losses;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Recording.Format;

namespace NodeAgent.Recording;

/// <summary>Notes everything that the event loop is told: records, ticks, and what the tables ask beside them. For the loop's thread.</summary>
/// <remarks>It is the first stage of its loop, so that the others see the wall clock that it notes (<see cref="Time"/>).</remarks>
internal sealed class Recorder : IEventConsumer, IRecordTap
{
    // What a kill may cost.
    private const ulong FlushNs = 10_000_000_000;

    private readonly RecordingWriter _writer;
    private readonly RecordingFilter? _filter;
    private readonly TickTime _time;
    private EnrichmentStage? _tables;
    private ulong _nowNs;
    private ulong _flushedNs;
    private bool _tickIsOpen;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="writer">Ended and disposed by the caller.</param>
    /// <param name="choice">Null = everything is recorded.</param>
    public Recorder(RecordingWriter writer, TimeProvider time, RecordedChoice? choice = null)
    {
        _writer = writer;
        _time = new TickTime(time);
        _filter = choice is null ? null : new RecordingFilter(choice, writer);
    }

    /// <summary>For the stages beside it.</summary>
    public TimeProvider Time => _time;

    /// <summary>Ends when it is noted what runs already: what happens from now on is recorded.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Fails when the disk does (<see cref="IOException"/>); nothing is written then. It never ends otherwise.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Registers tables whose questions are noted, before the usual ones.</summary>
    public void AddTables(IServiceCollection services) => RecordedTables.Add(services, this);

    /// <summary>The tables that <see cref="AddTables"/> made.</summary>
    public void Use(EnrichmentStage tables)
    {
        _tables = tables;
        if (_filter is not null)
        {
            _filter.Containers = tables.Containers;
        }
    }

    public void OnTick(ulong bootTimeNs)
    {
        _time.Advance();
        _nowNs = bootTimeNs;
        _tickIsOpen = true;
    }

    /// <summary>What the tick led to was noted; what comes now belongs to another step.</summary>
    public void EndTick()
    {
        if (_tickIsOpen)
        {
            _tickIsOpen = false;
            Span<byte> head = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(head, _nowNs);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], _time.UnixNs);
            Add(EntryType.Tick, head, default);
            _begun.TrySetResult();
            _flushedNs = _flushedNs == 0 ? _nowNs : _flushedNs;
            if (_nowNs > _flushedNs + FlushNs)
            {
                _flushedNs = _nowNs;
                Guard(_writer.Flush);
            }
        }
    }

    public void OnRecord(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<HeaderRecord>())
        {
            Add(EntryType.Record, default, record);
            return;
        }

        ref readonly HeaderRecord header = ref MemoryMarshal.AsRef<HeaderRecord>(record);
        EntryType type = header.Kind == EventKind.Task ? EntryType.Task : EntryType.Record;
        ulong child = header.Kind == EventKind.Fork && record.Length >= Unsafe.SizeOf<ForkRecord>() ? MemoryMarshal.AsRef<ForkRecord>(record).ChildCgroupId : 0;
        ContainerInfo? container = _filter is null ? null
            : header.CgroupId != 0 ? _tables?.Containers.Find(header.CgroupId)
            : _tables?.Processes.Find(new ProcessKey(header.Pid, header.StartTimeNs))?.Container ?? ContainerInfo.Unknown;
        Add(type, default, record, header.CgroupId, container, child);
    }

    /// <summary>Ends the recording; no event may follow.</summary>
    public void End()
    {
        EndTick();
        Guard(() =>
        {
            _filter?.End();
            _writer.End();
        });
    }

    public void Arguments(ProcessKey key, byte[]? arguments)
    {
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteUInt32LittleEndian(head, key.Pid);
        BinaryPrimitives.WriteUInt64LittleEndian(head[4..], key.StartTimeNs);
        head[12] = arguments is null ? (byte)0 : (byte)1;
        Add(EntryType.Arguments, head, arguments, 0, _filter is null ? null : _tables?.Processes.Find(key)?.Container ?? ContainerInfo.Unknown);
    }

    public void Path(EntryType type, ulong cgroupId, string path)
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(head, cgroupId);
        Add(type, head, ByteText.Encode(path), path == "/" ? 0 : cgroupId == 0 ? ulong.MaxValue : cgroupId);
    }

    public void Identity(ContainerInfo container, ContainerIdentity found, bool isFinal)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteUInt64LittleEndian(head, container.CgroupId);
        head[8] = isFinal ? (byte)1 : (byte)0;
        Add(EntryType.IdentityAnswer, head, JsonSerializer.SerializeToUtf8Bytes(found, RecordingJsonContext.Default.ContainerIdentity), container.CgroupId, container);
    }

    public void Pod(string key, PodRecord? pod, bool isNews) =>
        Add(EntryType.Pod, default, JsonSerializer.SerializeToUtf8Bytes(new PodFact(key, isNews, pod), RecordingJsonContext.Default.PodFact), 0, null, 0, key);

    public void Loss(in LossDelta loss)
    {
        Span<byte> head = stackalloc byte[18];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)loss.Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(head[2..], loss.CgroupId);
        BinaryPrimitives.WriteUInt64LittleEndian(head[10..], loss.Count);
        Add(EntryType.Loss, head, default, loss.CgroupId);
    }

    public void Cut(in BudgetCut cut)
    {
        Span<byte> head = stackalloc byte[28];
        BinaryPrimitives.WriteUInt64LittleEndian(head, cut.CgroupId);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)cut.Class);
        BinaryPrimitives.WriteUInt64LittleEndian(head[12..], cut.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(head[20..], cut.FromNs);
        Add(EntryType.Cut, head, default, cut.CgroupId);
    }

    private void Add(
        EntryType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> bytes, ulong cgroupId = 0, ContainerInfo? container = null, ulong childCgroupId = 0, string? podKey = null)
    {
        if (_failed.Task.IsCompleted)
        {
            return;
        }

        try
        {
            if (_filter is null)
            {
                _writer.Append(type, head, bytes);
            }
            else
            {
                _filter.Add(new HeldEntry(type, [.. head, .. bytes], head.Length, _nowNs, cgroupId, container, childCgroupId, podKey), _nowNs);
            }
        }
        catch (IOException e)
        {
            _failed.TrySetException(e);
        }
    }

    private void Guard(Action write)
    {
        try
        {
            if (!_failed.Task.IsCompleted)
            {
                write();
            }
        }
        catch (IOException e)
        {
            _failed.TrySetException(e);
        }
    }
}
