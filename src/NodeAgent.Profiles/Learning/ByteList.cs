// SPDX-License-Identifier: Apache-2.0
using System.Collections;

namespace NodeAgent.Profiles.Learning;

/// <summary>What a <see cref="ByteTable{T}"/> held at one moment. Immutable; any thread.</summary>
/// <remarks>Each text is made anew when it is asked for: taking the copy is cheap, and who reads it is no hot path.</remarks>
internal sealed class ByteList<T>(byte[][] blocks, ByteList<T>.Place[] places) : IReadOnlyList<KeyValuePair<byte[], T>>
    where T : unmanaged
{
    public int Count => places.Length;

    public KeyValuePair<byte[], T> this[int index] => KeyValuePair.Create(TextAt(index).ToArray(), places[index].Value);

    public T ValueAt(int index) => places[index].Value;

    public ReadOnlySpan<byte> TextAt(int index) => blocks[places[index].Block].AsSpan(places[index].Start, places[index].Length);

    public IEnumerator<KeyValuePair<byte[], T>> GetEnumerator()
    {
        for (int i = 0; i < places.Length; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal readonly record struct Place(ushort Block, ushort Start, int Length, T Value);
}
