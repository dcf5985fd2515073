// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>A list. A host may derive its own, so that the parts of an event need no copy.</summary>
public abstract class CelList
{
    public static CelList Empty { get; } = new CelArrayList([], 0);

    public abstract int Count { get; }

    /// <param name="index">From 0 to Count - 1; the engine never asks for another.</param>
    public abstract CelValue this[int index] { get; }

    public static CelList Of(params CelValue[] items) => new CelArrayList(items, items.Length);

    public static CelList OfTexts(IEnumerable<string> items)
    {
        CelValue[] values = [.. items.Select(CelValue.Of)];
        return new CelArrayList(values, values.Length);
    }
}

/// <summary>The first elements of an array.</summary>
internal sealed class CelArrayList(CelValue[] items, int count) : CelList
{
    public override int Count => count;

    public override CelValue this[int index] => items[index];

    public ReadOnlySpan<CelValue> Span => items.AsSpan(0, count);
}
