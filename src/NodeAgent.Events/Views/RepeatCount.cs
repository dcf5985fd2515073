// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Events.Wire;

namespace NodeAgent.Events;

/// <summary>The count that the already-seen filter puts behind the tail of what it tells again.</summary>
internal static class RepeatCount
{
    /// <returns>0 when the record carries none.</returns>
    internal static ulong Of(in HeaderRecord header, ReadOnlySpan<byte> tail) =>
        (header.Flags & HeaderFlags.Repeated) != 0 && tail.Length >= sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64LittleEndian(tail[^sizeof(ulong)..])
            : 0;
}
