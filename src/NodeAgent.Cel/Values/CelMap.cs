// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace NodeAgent.Cel.Values;

/// <summary>A map of keys of type int, uint, bool or string. A host may derive its own.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "the language's word is map")]
public abstract class CelMap
{
    public static CelMap Empty { get; } = new CelHashMap(new(CelKeys.Comparer), [], []);

    public abstract int Count { get; }

    /// <summary>A number finds its key whatever the key's type of number is.</summary>
    public abstract bool TryGet(in CelValue key, out CelValue value);

    /// <param name="index">From 0 to Count - 1.</param>
    public abstract CelValue KeyAt(int index);

    /// <param name="index">From 0 to Count - 1.</param>
    public abstract CelValue ValueAt(int index);

    /// <exception cref="ArgumentException">A key occurs twice, or is of no type that a key may have.</exception>
    public static CelMap Of(IEnumerable<KeyValuePair<CelValue, CelValue>> entries)
    {
        var builder = new CelMapBuilder(4);
        foreach (KeyValuePair<CelValue, CelValue> entry in entries)
        {
            if (builder.TryAdd(entry.Key, entry.Value) is { } reason)
            {
                throw new ArgumentException(reason.ToString(), nameof(entries));
            }
        }

        return builder.Build();
    }

    public static CelMap OfTexts(IEnumerable<KeyValuePair<string, string>> entries) =>
        Of(entries.Select(e => KeyValuePair.Create(CelValue.Of(e.Key), CelValue.Of(e.Value))));
}

/// <summary>A map in the order in which its entries were written.</summary>
internal sealed class CelHashMap(Dictionary<CelValue, int> places, CelValue[] keys, CelValue[] values) : CelMap
{
    public override int Count => places.Count;

    public override bool TryGet(in CelValue key, out CelValue value)
    {
        if (places.TryGetValue(key, out int place))
        {
            value = values[place];
            return true;
        }

        value = default;
        return false;
    }

    public override CelValue KeyAt(int index) => keys[index];

    public override CelValue ValueAt(int index) => values[index];
}

internal sealed class CelMapBuilder(int capacity)
{
    private readonly Dictionary<CelValue, int> _places = new(capacity, CelKeys.Comparer);
    private readonly List<CelValue> _keys = new(capacity);
    private readonly List<CelValue> _values = new(capacity);

    /// <returns>Why the entry cannot be added; null when it was.</returns>
    public CelFault? TryAdd(in CelValue key, in CelValue value)
    {
        if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.String))
        {
            return CelFault.UnsupportedKey;
        }

        if (!_places.TryAdd(key, _keys.Count))
        {
            return CelFault.DuplicateKey;
        }

        _keys.Add(key);
        _values.Add(value);
        return null;
    }

    public CelMap Build() => new CelHashMap(_places, [.. _keys], [.. _values]);
}

/// <summary>Equality of map keys: numbers by what they are worth.</summary>
internal static class CelKeys
{
    public static readonly IEqualityComparer<CelValue> Comparer = new KeyComparer();

    private sealed class KeyComparer : IEqualityComparer<CelValue>
    {
        public bool Equals(CelValue x, CelValue y) => CelEquality.AreEqual(x, y);

        public int GetHashCode(CelValue key) => CelEquality.HashOf(key);
    }
}
