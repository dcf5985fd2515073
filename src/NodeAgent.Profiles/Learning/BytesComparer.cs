// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NodeAgent.Profiles.Learning;

/// <summary>Byte strings as dictionary keys that spans can look up: no allocation, and every hit is verified byte by byte.</summary>
/// <remarks>
/// A wider hash without verification would save one comparison of a warm cache line, but its keys would be the attacker's to
/// choose: a collision would hide a path. The hash folds 16 bytes per 64x64-bit multiplication (a third of HashCode's time
/// on a path) and is seeded per process, so that the buckets cannot be flooded from outside either.
/// </remarks>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    private static readonly ulong Seed = RandomWord();
    private static readonly ulong SeedToo = RandomWord();

    public static BytesComparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.AsSpan().SequenceEqual(y));

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = Seed ^ ((ulong)alternate.Length * Odd);
        ReadOnlySpan<byte> rest = alternate;
        while (rest.Length > 16)
        {
            hash = Fold(Read(rest) ^ SeedToo, Read(rest[8..]) ^ hash);
            rest = rest[16..];
        }

        ulong low = 0;
        ulong high = 0;
        if (rest.Length >= 8)
        {
            low = Read(rest);
            high = Read(rest[^8..]);
        }
        else
        {
            for (int i = 0; i < rest.Length; i++)
            {
                low |= (ulong)rest[i] << (8 * i);
            }
        }

        hash = Fold(low ^ SeedToo, high ^ hash);
        return (int)(hash ^ (hash >> 32));
    }

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    private static ulong Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Fold(ulong a, ulong b) => Math.BigMul(a, b, out ulong low) ^ low;

    private static ulong RandomWord() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
}
