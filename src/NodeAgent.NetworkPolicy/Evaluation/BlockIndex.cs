// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Finds the blocks that hold an address: one look-up for each length that occurs, however many blocks there are.</summary>
internal sealed class BlockIndex
{
    private readonly Dictionary<CidrBlock, List<int>> _blocks = [];
    private readonly SortedSet<(bool IsV6, int PrefixLength)> _lengths = [];

    public bool IsEmpty => _blocks.Count == 0;

    public void Add(CidrBlock block, int number)
    {
        if (!_blocks.TryGetValue(block, out List<int>? numbers))
        {
            _blocks[block] = numbers = [];
            _lengths.Add((block.IsV6, block.PrefixLength));
        }

        numbers.Add(number);
    }

    /// <returns>Numbers of those that contain it, widest first.</returns>
    public IEnumerable<int> Holding(CidrBlock address)
    {
        foreach ((bool isV6, int length) in _lengths)
        {
            if (isV6 == address.IsV6 && length <= address.PrefixLength && _blocks.TryGetValue(address.Widened(length), out List<int>? numbers))
            {
                foreach (int number in numbers)
                {
                    yield return number;
                }
            }
        }
    }
}
