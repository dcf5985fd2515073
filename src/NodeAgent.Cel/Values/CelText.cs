// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Cel.Values;

/// <summary>A string of the language: a part of an array of UTF-8 bytes.</summary>
/// <remarks>
/// Strings stay UTF-8 from the event to the result, so that a host whose events hold bytes makes no string per event. Bytewise
/// comparison of UTF-8 is comparison by code point, which is the order that the language asks for (UTF-16 is not).
/// Bytes that are no UTF-8 (Linux paths may hold any) compare as they are; where code points are counted or cut, each
/// byte that continues nothing counts as one. The array must not change as long as the value is in use.
/// </remarks>
public readonly struct CelText : IEquatable<CelText>, IComparable<CelText>
{
    private readonly byte[]? _bytes;
    private readonly int _start;
    private readonly int _length;

    public CelText(byte[] bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    public CelText(byte[] bytes, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)bytes.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(bytes.Length - start));
        _bytes = bytes;
        _start = start;
        _length = length;
    }

    // For parts whose bounds were checked when the value was made.
    internal CelText(object? bytes, long bits)
    {
        _bytes = System.Runtime.CompilerServices.Unsafe.As<byte[]?>(bytes);
        _start = (int)(bits >> 32);
        _length = (int)bits;
    }

    public int Length => _length;

    public ReadOnlySpan<byte> Span => new(_bytes, _start, _length);

    internal byte[]? Array => _bytes;

    internal long Bits => ((long)_start << 32) | (uint)_length;

    public static CelText Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A copy of the bytes.</summary>
    public static CelText Of(ReadOnlySpan<byte> text) => new(text.ToArray());

    public static bool operator ==(CelText left, CelText right) => left.Equals(right);

    public static bool operator !=(CelText left, CelText right) => !left.Equals(right);

    public static bool operator <(CelText left, CelText right) => left.CompareTo(right) < 0;

    public static bool operator >(CelText left, CelText right) => left.CompareTo(right) > 0;

    public static bool operator <=(CelText left, CelText right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CelText left, CelText right) => left.CompareTo(right) >= 0;

    public CelText Slice(int start, int length) => new(_bytes ?? [], _start + start, length);

    public bool Equals(CelText other) => Span.SequenceEqual(other.Span);

    public int CompareTo(CelText other) => Span.SequenceCompareTo(other.Span);

    public override bool Equals(object? obj) => obj is CelText other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The text; bytes that are no UTF-8 become U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
