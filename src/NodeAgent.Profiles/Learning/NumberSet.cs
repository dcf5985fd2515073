// SPDX-License-Identifier: Apache-2.0
using System.Numerics;

namespace NodeAgent.Profiles.Learning;

/// <summary>A set of small numbers, such as those of system calls: bits, so uniting is associative, commutative and idempotent.</summary>
internal sealed class NumberSet
{
    private readonly ulong[] _words;

    /// <param name="limit">The numbers lie below it; others are not taken.</param>
    public NumberSet(int limit)
    {
        _words = new ulong[(limit + 63) / 64];
    }

    public int Count => _words.Sum(BitOperations.PopCount);

    /// <returns>True when it was new. No allocation.</returns>
    public bool Add(uint number)
    {
        if (number >= _words.Length * 64u)
        {
            return false;
        }

        ulong bit = 1ul << (int)(number & 63);
        bool isNew = (_words[number >> 6] & bit) == 0;
        _words[number >> 6] |= bit;
        return isNew;
    }

    public bool Contains(uint number) => number < _words.Length * 64u && (_words[number >> 6] & 1ul << (int)(number & 63)) != 0;

    /// <param name="words">Bit n of word w is number 64 w + n; words beyond this set's limit are not taken.</param>
    /// <returns>True when one was new. No allocation.</returns>
    public bool Unite(ReadOnlySpan<ulong> words)
    {
        ulong news = 0;
        for (int at = 0; at < Math.Min(words.Length, _words.Length); at++)
        {
            news |= words[at] & ~_words[at];
            _words[at] |= words[at];
        }

        return news != 0;
    }

    /// <returns>The words, without the empty ones at the end.</returns>
    public ulong[] ToArray() => _words.AsSpan(0, _words.AsSpan().LastIndexOfAnyExcept(0ul) + 1).ToArray();

    /// <returns>The numbers of such words, in their order.</returns>
    public static IEnumerable<int> Numbers(ulong[] words)
    {
        for (int at = 0; at < words.Length; at++)
        {
            for (ulong rest = words[at]; rest != 0; rest &= rest - 1)
            {
                yield return (at * 64) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }
}
