// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>A bounded set of paths, each with a set of flags. Over its bound it generalises, and never forgets.</summary>
/// <remarks>Not thread-safe: the event loop's.</remarks>
internal sealed class PathSet
{
    private const int LastLevel = 16;

    private readonly int _maxEntries;
    private readonly long _maxBytes;
    private readonly PathThresholds _thresholds;
    private int _leastEntries;
    private long _leastBytes;
    private Dictionary<byte[], uint> _masks = new(BytesComparer.Instance);
    private Dictionary<byte[], uint>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public PathSet(int maxEntries, long maxBytes, PathThresholds thresholds)
    {
        _maxEntries = maxEntries;
        _maxBytes = maxBytes;
        _thresholds = thresholds;
        _lookup = _masks.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _masks.Count;

    /// <summary>Units: bytes of path text.</summary>
    public long Bytes { get; private set; }

    /// <summary>How often the bound forced generalising; 0 = every path is kept as it was.</summary>
    public int Level { get; private set; }

    /// <param name="path">Shape: path text as UTF-8 (<see cref="PathText"/>), absolute.</param>
    /// <returns>True when it told something new. Known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> path, uint mask)
    {
        ref uint known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(_lookup, path);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref known))
        {
            bool news = (known | mask) != known;
            known |= mask;
            return news;
        }

        _masks.Add(path.ToArray(), mask);
        Bytes += path.Length;
        KeepBound();
        return true;
    }

    /// <returns>True when the path is in it with all of these flags. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> path, uint mask) => _lookup.TryGetValue(path, out uint known) && (mask & ~known) == 0;

    /// <returns>The paths and flags as they are now; the arrays are shared and never changed.</returns>
    public KeyValuePair<byte[], uint>[] ToArray() => [.. _masks];

    public void Unite(PathSet other)
    {
        foreach ((byte[] path, uint mask) in other._masks)
        {
            Add(path, mask);
        }

        if (other.Level > Level)
        {
            Level = other.Level;
            Generalize();
        }
    }

    /// <summary>Takes up what <see cref="ToArray"/> and <see cref="Level"/> gave.</summary>
    public void Restore(IEnumerable<KeyValuePair<byte[], uint>> entries, int level)
    {
        Level = level;
        foreach ((byte[] path, uint mask) in entries)
        {
            Add(path, mask);
        }
    }

    private void KeepBound()
    {
        // At the last level one path per depth is left. When even those are too many, they may double before the next try.
        while (_masks.Count > Math.Max(_maxEntries, 2 * _leastEntries) || Bytes > Math.Max(_maxBytes, 2 * _leastBytes))
        {
            if (Level > 0)
            {
                Generalize();
                if (_masks.Count <= _maxEntries / 2 && Bytes <= _maxBytes / 2)
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
        var generalizer = new PathGeneralizer(_thresholds);
        foreach ((byte[] path, uint mask) in _masks)
        {
            generalizer.Add(Encoding.UTF8.GetString(path), mask);
        }

        _masks = new Dictionary<byte[], uint>(BytesComparer.Instance);
        _lookup = _masks.GetAlternateLookup<ReadOnlySpan<byte>>();
        Bytes = 0;
        foreach ((string path, uint mask) in generalizer.Collapse(Level - 1))
        {
            byte[] key = Encoding.UTF8.GetBytes(path);
            _masks[key] = mask;
            Bytes += key.Length;
        }
    }
}
