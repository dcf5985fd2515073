// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Byte strings as dictionary keys that spans can look up: no allocation, and every hit is verified byte by byte.</summary>
/// <remarks>
/// A wider hash without verification would save one comparison of a warm cache line, but its keys would be the attacker's to
/// choose: a collision would hide a path. The runtime's hash is seeded per process, so the buckets cannot be flooded either.
/// </remarks>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static BytesComparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.AsSpan().SequenceEqual(y));

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());
}
