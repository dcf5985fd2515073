// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

// Typed views of one ring record. A view points into the ring: it is valid only until the handler returns, costs
// nothing to make, and was validated by the decoder (every string lies inside the record), so its members never throw.
// Whoever keeps something copies it. Units and meanings of the record's fields: bpf/include/event.h.
namespace NodeAgent.Events;

/// <summary>An open of a file, successful or failed.</summary>
public readonly ref struct OpenEvent(ref readonly OpenRecord record, ReadOnlySpan<byte> tail)
{
    private const uint AccessMode = 3, Truncates = 0x200, PathOnly = 0x200000;

    public readonly ref readonly OpenRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>The file was not there before.</summary>
    public bool IsNew => (Record.RecordFlags & OpenRecordFlags.Created) != 0;

    /// <summary>The opening made or emptied the file, or lets its caller write to it. Of O_PATH the kernel ignores what else is asked for. Source of the flags: open(2).</summary>
    public bool MayWrite => IsNew || ((Record.Flags & PathOnly) == 0 && (Record.Flags & (AccessMode | Truncates)) != 0);

    /// <summary>How often it happened since it was told last; 0 for something new.</summary>
    public ulong Repeats => RepeatCount.Of(in Record.Header, _tail);

    /// <summary>Shape: path from the kernel object; the caller's string when the open failed.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);

    /// <summary>Shape: the caller's string where it names something else than <see cref="Path"/>; else empty.</summary>
    public ReadOnlySpan<byte> CallerPath => _tail.Slice(Record.Caller.Offset, Record.Caller.Length);
}

/// <summary>A change of a file, a folder or a mount.</summary>
public readonly ref struct FileChangeEvent(ref readonly FileChangeRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly FileChangeRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>Shape: path from the kernel object; see <see cref="FileOperation"/>.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);

    /// <summary>Shape: the second path of operations that have two; else empty.</summary>
    public ReadOnlySpan<byte> OtherPath => _tail.Slice(Record.OtherPath.Offset, Record.OtherPath.Length);

    /// <summary>Shape: name of an extended attribute, type of a mounted file system; else empty.</summary>
    public ReadOnlySpan<byte> Name => _tail.Slice(Record.Name.Offset, Record.Name.Length);
}
