// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Text;

/// <summary>Kernel bytes as text, one string instance per distinct byte string while it is kept; for one thread.</summary>
/// <remarks>Bounded by entries and bytes (<see cref="ByteCache{TValue}"/>); a string that was let go is simply made again.</remarks>
public sealed class Utf8Interner(int maxEntries, long maxBytes)
{
    private readonly ByteCache<string> _cache = new(maxEntries, maxBytes);

    public int Count => _cache.Count;

    /// <summary>Units: bytes of the kept byte strings.</summary>
    public long SizeBytes => _cache.SizeBytes;

    public long Hits => _cache.Hits;

    public long Misses => _cache.Misses;

    public long Evictions => _cache.Evictions;

    /// <returns>Shape: <see cref="ByteText"/>.</returns>
    public string Intern(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return string.Empty;
        }

        string? known = _cache.Find(bytes);
        if (known is null)
        {
            known = ByteText.Decode(bytes);
            _cache.Add(bytes, known);
        }

        return known;
    }
}
