// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Texts as bits of a mask, so that what generalises paths unites them. With more texts than bits all of them become "any".</summary>
/// <remarks>Which bit a text has depends on the order in which they came; the texts that a mask stands for do not.</remarks>
internal sealed class NamedBits(int firstBit, int count, int maxLength)
{
    private readonly List<byte[]> _texts = [];

    /// <summary>Of a mask: one that is not listed. The bit behind the others.</summary>
    public ulong Any => 1ul << (firstBit + count);

    public bool HasAny { get; private set; }

    /// <summary>All bits, that for any included.</summary>
    public ulong All => ((1ul << count) - 1 << firstBit) | Any;

    /// <returns>One bit; 0 for an empty text. Known: no allocation.</returns>
    public ulong BitOf(ReadOnlySpan<byte> text)
    {
        if (TryFind(text, out ulong bit))
        {
            return bit;
        }

        if (_texts.Count == count)
        {
            HasAny = true;
            return Any;
        }

        _texts.Add(text.ToArray());
        return 1ul << (firstBit + _texts.Count - 1);
    }

    /// <returns>False when the text has no bit yet. No allocation.</returns>
    public bool TryFind(ReadOnlySpan<byte> text, out ulong bit)
    {
        bit = text.IsEmpty ? 0 : Any;
        if (text.IsEmpty || text.Length > maxLength || HasAny)
        {
            return true;
        }

        for (int i = 0; i < _texts.Count; i++)
        {
            if (text.SequenceEqual(_texts[i]))
            {
                bit = 1ul << (firstBit + i);
                return true;
            }
        }

        return false;
    }

    public BitTexts Capture() => new(HasAny ? [] : [.. _texts], HasAny);

    /// <returns>The mask as it is now that there are too many to be told apart; else as it was.</returns>
    public ulong Now(ulong mask) => HasAny && (mask & All) != 0 ? (mask & ~All) | Any : mask;

    /// <summary>Takes in another one's texts.</summary>
    /// <returns>Where each of its bits is here, from its first one on.</returns>
    public ulong[] Unite(BitTexts other)
    {
        HasAny |= other.HasAny;
        return [.. other.Texts.Select(text => BitOf(text))];
    }

    /// <returns>The part of the other's mask that is about these texts, as it is here.</returns>
    public ulong Translate(ulong mask, ulong[] bits)
    {
        ulong translated = mask & Any;
        for (int i = 0; i < bits.Length; i++)
        {
            translated |= (mask >> (firstBit + i) & 1) != 0 ? bits[i] : 0;
        }

        return translated;
    }

    /// <returns>Shape: as they were sent; null = any.</returns>
    public IEnumerable<byte[]>? TextsOf(ulong mask, BitTexts texts) =>
        (mask & Any) != 0 ? null : texts.Texts.Where((_, i) => (mask >> (firstBit + i) & 1) != 0);
}

/// <summary>An immutable copy: the texts in the order of their bits.</summary>
/// <param name="HasAny">There were too many to list.</param>
internal sealed record BitTexts(byte[][] Texts, bool HasAny)
{
    public static BitTexts None { get; } = new([], false);
}
