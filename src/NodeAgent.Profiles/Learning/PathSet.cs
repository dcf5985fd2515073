// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Text;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>A bounded set of paths, each with a set of flags. Over its bound it generalises, and never forgets.</summary>
/// <param name="rules">How, at the moment when it must.</param>
/// <remarks>Not thread-safe: the event loop's.</remarks>
internal sealed class PathSet<TMask>(int maxEntries, long maxBytes, Func<PathRules> rules)
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    private const int LastLevel = 16;

    private int _leastEntries;
    private long _leastBytes;
    private ByteTable<TMask> _masks = new();

    public int Count => _masks.Count;

    /// <summary>Units: bytes of path text.</summary>
    public long Bytes => _masks.Bytes;

    /// <summary>How often the bound forced generalising; 0 = every path is kept as it was.</summary>
    public int Level { get; private set; }

    /// <param name="path">Shape: path text as UTF-8 (<see cref="PathText"/>), absolute.</param>
    /// <returns>True when it told something new. Known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> path, TMask mask)
    {
        int index = _masks.IndexOf(path);
        if (index >= 0)
        {
            ref TMask known = ref _masks.ValueAt(index);
            bool news = (known | mask) != known;
            known |= mask;
            return news;
        }

        _masks.Add(path, mask);
        KeepBound();
        return true;
    }

    /// <returns>True when the path is in it with all of these flags. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> path, TMask mask) => _masks.IndexOf(path) is >= 0 and int index && (mask & ~_masks.ValueAt(index)) == TMask.Zero;

    /// <returns>The paths and flags as they are now.</returns>
    public ByteList<TMask> Capture() => _masks.Capture();

    /// <summary>Takes in what another one's <see cref="Capture"/> and <see cref="Level"/> gave.</summary>
    public void Unite(IReadOnlyList<KeyValuePair<byte[], TMask>> entries, int level)
    {
        if (entries is ByteList<TMask> list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                Add(list.TextAt(i), list.ValueAt(i));
            }
        }
        else
        {
            foreach ((byte[] path, TMask mask) in entries)
            {
                Add(path, mask);
            }
        }

        if (level > Level)
        {
            Level = Math.Min(level, LastLevel);
            Generalize();
        }
    }

    private void KeepBound()
    {
        // At the last level one path per depth is left. When even those are too many, they may double before the next try.
        while (_masks.Count > Math.Max(maxEntries, 2 * _leastEntries) || Bytes > Math.Max(maxBytes, 2 * _leastBytes))
        {
            if (Level > 0)
            {
                Generalize();
                if (_masks.Count <= maxEntries / 2 && Bytes <= maxBytes / 2)
                {
                    return;
                }

                if (Level == LastLevel)
                {
                    (_leastEntries, _leastBytes) = (_masks.Count, Bytes);
                    return;
                }
            }

            Level++;
            Generalize();
        }
    }

    private void Generalize()
    {
        var generalizer = new PathGeneralizer<TMask>(rules());
        for (int i = 0; i < _masks.Count; i++)
        {
            generalizer.Add(Encoding.UTF8.GetString(_masks.TextAt(i)), _masks.ValueAt(i));
        }

        _masks = new ByteTable<TMask>();
        foreach ((string path, TMask mask) in generalizer.Collapse(Level - 1))
        {
            byte[] text = Encoding.UTF8.GetBytes(path);
            int known = _masks.IndexOf(text);
            if (known >= 0)
            {
                _masks.ValueAt(known) |= mask;
            }
            else
            {
                _masks.Add(text, mask);
            }
        }
    }
}
