// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Values;

/// <summary>Any value of the language, without a box: 24 bytes, of which numbers, times and strings use only the struct itself.</summary>
public readonly partial struct CelValue
{
    private readonly object? _reference;
    private readonly long _bits;
    private readonly int _extra;
    private readonly CelKind _kind;

    private CelValue(CelKind kind, object? reference, long bits, int extra = 0)
    {
        _kind = kind;
        _reference = reference;
        _bits = bits;
        _extra = extra;
    }

    public static CelValue Null { get; } = new(CelKind.Null, null, 0);

    public static CelValue True { get; } = new(CelKind.Bool, null, 1);

    public static CelValue False { get; } = new(CelKind.Bool, null, 0);

    public CelKind Kind => _kind;

    public bool Bool => _bits != 0;

    public long Int => _bits;

    public ulong Uint => (ulong)_bits;

    public double Double => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The string, or the content of <c>bytes</c>.</summary>
    public CelText Text
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _kind is CelKind.String or CelKind.Bytes ? new CelText(_reference, _bits) : default;
    }

    public CelTimestamp Timestamp => new(_bits, _extra);

    public CelDuration Duration => new(_bits);

    public CelList List => (CelList)_reference!;

    public CelMap Map => (CelMap)_reference!;

    public CelObject Object => (CelObject)_reference!;

    internal CelOptional Optional => (CelOptional)_reference!;

    internal CelType TypeValue => (CelType)_reference!;

    internal object? Reference => _reference;

    internal bool IsNumber => _kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    public static CelValue Of(bool value) => new(CelKind.Bool, null, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, null, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, null, (long)value);

    public static CelValue Of(double value) => new(CelKind.Double, null, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(CelText value) => new(CelKind.String, value.Array, value.Bits);

    /// <summary>Encodes the string: for values that live long, not for one per event.</summary>
    public static CelValue Of(string value) => Of(CelText.Of(value));

    public static CelValue OfBytes(CelText value) => new(CelKind.Bytes, value.Array, value.Bits);

    public static CelValue Of(CelTimestamp value) => new(CelKind.Timestamp, null, value.Seconds, value.Nanos);

    public static CelValue Of(CelDuration value) => new(CelKind.Duration, null, value.Nanoseconds);

    public static CelValue Of(CelList? value) => value is null ? Null : new(CelKind.List, value, 0);

    public static CelValue Of(CelMap? value) => value is null ? Null : new(CelKind.Map, value, 0);

    public static CelValue Of(CelObject? value) => value is null ? Null : new(CelKind.Object, value, 0);

    internal static CelValue Of(CelType value) => new(CelKind.Type, value, 0);

    internal static CelValue Of(CelOptional value) => new(CelKind.Optional, value, 0);

    public override string ToString() => CelFormat.Of(this);
}
