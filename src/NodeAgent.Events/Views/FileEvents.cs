// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

// Typed views of one ring record. A view points into the ring: it is valid only until the handler returns, costs
// nothing to make, and was validated by the decoder (every string lies inside the record), so its members never throw.
// Whoever keeps something copies it. Units and meanings of the record's fields: bpf/include/event.h.
namespace NodeAgent.Events;

/// <summary>An open of a file, successful or failed.</summary>
public readonly ref struct OpenEvent(ref readonly OpenRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly OpenRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

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
