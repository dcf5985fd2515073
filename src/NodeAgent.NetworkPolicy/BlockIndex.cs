// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy;

/// <summary>Finds the blocks that hold an address: one look-up for each length that occurs, however many blocks there are.</summary>
internal sealed class BlockIndex<T>
{
    private readonly Dictionary<CidrBlock, List<T>> _blocks = [];
    private (bool IsV6, int PrefixLength)[] _lengths = [];

    /// <summary>Those that occur, widest first.</summary>
    public ReadOnlySpan<(bool IsV6, int PrefixLength)> Lengths => _lengths;

    public void Add(CidrBlock block, T item)
    {
        if (!_blocks.TryGetValue(block, out List<T>? items))
        {
            _blocks[block] = items = [];
            (bool IsV6, int PrefixLength) length = (block.IsV6, block.PrefixLength);
            _lengths = _lengths.Contains(length) ? _lengths : [.. _lengths.Append(length).Order()];
        }

        items.Add(item);
    }

    /// <returns>What was added with blocks that contain it, widest first.</returns>
    public IEnumerable<T> Holding(CidrBlock address)
    {
        foreach ((bool isV6, int length) in _lengths)
        {
            foreach (T item in Find(address, isV6, length) ?? [])
            {
                yield return item;
            }
        }
    }

    /// <returns>What was added with the block of that length that contains it; null = nothing.</returns>
    public List<T>? Find(CidrBlock address, bool isV6, int length) =>
        isV6 == address.IsV6 && length <= address.PrefixLength ? _blocks.GetValueOrDefault(address.Widened(length)) : null;
}
