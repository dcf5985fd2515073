// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>Where the texts of the event at hand lie while rules look at them: reused from event to event. For the loop's thread.</summary>
internal sealed class TextArena
{
    private byte[] _bytes = new byte[4096];
    private int _used;

    /// <summary>Ends the life of every text that was made here.</summary>
    public void Clear() => _used = 0;

    public CelText Copy(ReadOnlySpan<byte> text)
    {
        Span<byte> room = Take(text.Length, out CelText made);
        text.CopyTo(room);
        return made;
    }

    /// <param name="text">Shape: <c>ByteText</c>; it stays in that form.</param>
    public CelText Copy(string text)
    {
        if (text.Length == 0)
        {
            return default;
        }

        Span<byte> room = Take(Encoding.UTF8.GetMaxByteCount(text.Length), out CelText made);
        int length = Encoding.UTF8.GetBytes(text, room);
        _used -= room.Length - length;
        return made.Slice(0, length);
    }

    /// <summary>Room that the caller fills; what it does not need it leaves to <see cref="GiveBack"/>.</summary>
    public Span<byte> Take(int length, out CelText text)
    {
        if (_bytes.Length - _used < length)
        {
            // Texts that were made before keep the old array.
            _bytes = new byte[Math.Max(_bytes.Length * 2, length)];
            _used = 0;
        }

        text = new CelText(_bytes, _used, length);
        _used += length;
        return _bytes.AsSpan(_used - length, length);
    }

    /// <param name="length">Units: bytes of what was taken last.</param>
    public void GiveBack(int length) => _used -= length;
}
