// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>Equality, order and hashes of values, across the types of numbers.</summary>
internal static class CelEquality
{
    // 2^63 and 2^64, which a double holds exactly.
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    /// <summary>Values of different types (but numbers) are unequal; NaN equals nothing.</summary>
    public static bool AreEqual(in CelValue left, in CelValue right)
    {
        if (left.Kind != right.Kind)
        {
            return left.IsNumber && right.IsNumber && Compare(left, right) == 0;
        }

        return left.Kind switch
        {
            CelKind.Double => left.Double == right.Double,
            CelKind.String or CelKind.Bytes => left.Text.Equals(right.Text),
            CelKind.Timestamp => left.Timestamp == right.Timestamp,
            CelKind.Duration => left.Duration == right.Duration,
            CelKind.List => ListsEqual(left.List, right.List),
            CelKind.Map => MapsEqual(left.Map, right.Map),
            CelKind.Type => left.TypeValue.Name == right.TypeValue.Name,
            CelKind.Optional => left.Optional.HasValue == right.Optional.HasValue
                && (!left.Optional.HasValue || AreEqual(left.Optional.Value, right.Optional.Value)),
            CelKind.Object => ReferenceEquals(left.Reference, right.Reference),
            _ => left.Int == right.Int,
        };
    }

    /// <returns>Below 0, 0, above 0; null when the values have no order (different types, NaN, types without order).</returns>
    public static int? Compare(in CelValue left, in CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) or (CelKind.Bool, CelKind.Bool) => left.Int.CompareTo(right.Int),
        (CelKind.Uint, CelKind.Uint) => left.Uint.CompareTo(right.Uint),
        (CelKind.Double, CelKind.Double) => CompareDoubles(left.Double, right.Double),
        (CelKind.Int, CelKind.Uint) => left.Int < 0 ? -1 : left.Uint.CompareTo(right.Uint),
        (CelKind.Uint, CelKind.Int) => right.Int < 0 ? 1 : left.Uint.CompareTo(right.Uint),
        (CelKind.Int, CelKind.Double) => CompareWithDouble(left.Int, right.Double),
        (CelKind.Double, CelKind.Int) => -CompareWithDouble(right.Int, left.Double),
        (CelKind.Uint, CelKind.Double) => CompareWithDouble(left.Uint, right.Double),
        (CelKind.Double, CelKind.Uint) => -CompareWithDouble(right.Uint, left.Double),
        (CelKind.String, CelKind.String) or (CelKind.Bytes, CelKind.Bytes) => left.Text.CompareTo(right.Text),
        (CelKind.Timestamp, CelKind.Timestamp) => left.Timestamp.CompareTo(right.Timestamp),
        (CelKind.Duration, CelKind.Duration) => left.Duration.CompareTo(right.Duration),
        _ => null,
    };

    public static int HashOf(in CelValue value) => value.Kind switch
    {
        CelKind.Double when value.Double is >= -TwoTo63 and < TwoTo63 && Math.Floor(value.Double) == value.Double => HashOf((long)value.Double),
        CelKind.Double when value.Double is >= 0 and < TwoTo64 && Math.Floor(value.Double) == value.Double => HashOf((long)(ulong)value.Double),
        CelKind.String or CelKind.Bytes => value.Text.GetHashCode(),
        CelKind.Int or CelKind.Uint or CelKind.Bool or CelKind.Double => HashOf(value.Int),
        CelKind.Timestamp => value.Timestamp.GetHashCode(),
        CelKind.Duration => value.Duration.GetHashCode(),
        CelKind.List => value.List.Count + 0x11,
        CelKind.Map => value.Map.Count + 0x22,
        CelKind.Type => value.TypeValue.Name.GetHashCode(StringComparison.Ordinal),
        _ => (int)value.Kind,
    };

    // Seeded anew in each process: nobody can write numbers that all have one hash.
    private static int HashOf(long bits) => HashCode.Combine((int)bits, (int)(bits >> 32));

    public static bool Contains(CelList list, in CelValue value)
    {
        int count = list.Count;
        for (int i = 0; i < count; i++)
        {
            if (AreEqual(list[i], value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ListsEqual(CelList left, CelList right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MapsEqual(CelMap left, CelMap right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!right.TryGet(left.KeyAt(i), out CelValue other) || !AreEqual(left.ValueAt(i), other))
            {
                return false;
            }
        }

        return true;
    }

    private static int? CompareDoubles(double left, double right) => double.IsNaN(left) || double.IsNaN(right) ? null : left.CompareTo(right);

    private static int? CompareWithDouble(long left, double right)
    {
        if (double.IsNaN(right))
        {
            return null;
        }

        if (right >= TwoTo63)
        {
            return -1;
        }

        if (right < -TwoTo63)
        {
            return 1;
        }

        long whole = (long)right; // towards zero, exact for the comparison of the whole part
        return left != whole ? left.CompareTo(whole) : 0.0.CompareTo(right - whole);
    }

    private static int? CompareWithDouble(ulong left, double right)
    {
        if (double.IsNaN(right))
        {
            return null;
        }

        if (right >= TwoTo64)
        {
            return -1;
        }

        if (right < 0)
        {
            return 1;
        }

        ulong whole = (ulong)right;
        return left != whole ? left.CompareTo(whole) : 0.0.CompareTo(right - whole);
    }
}
