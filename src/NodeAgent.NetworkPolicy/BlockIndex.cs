// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy;

/// <summary>Finds the blocks that hold an address: one look-up for each length that occurs, however many blocks there are.</summary>
internal sealed class BlockIndex<T>
{
    private readonly Dictionary<CidrBlock, List<T>> _blocks = [];
    private readonly SortedSet<(bool IsV6, int PrefixLength)> _lengths = [];

    public bool IsEmpty => _blocks.Count == 0;

    public void Add(CidrBlock block, T item)
    {
        if (!_blocks.TryGetValue(block, out List<T>? items))
        {
            _blocks[block] = items = [];
            _lengths.Add((block.IsV6, block.PrefixLength));
        }

        items.Add(item);
    }

    /// <returns>What was added with blocks that contain it, widest first.</returns>
    public IEnumerable<T> Holding(CidrBlock address)
    {
        foreach ((bool isV6, int length) in _lengths)
        {
            if (isV6 == address.IsV6 && length <= address.PrefixLength && _blocks.TryGetValue(address.Widened(length), out List<T>? items))
            {
                foreach (T item in items)
                {
                    yield return item;
                }
            }
        }
    }
}
