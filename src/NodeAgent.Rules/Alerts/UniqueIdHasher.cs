// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.Rules.Alerts;

/// <summary>Hashes the text of a uniqueId without ever building it. One thread; the engine owns and disposes it.</summary>
/// <remarks>Shape of what it gives: MD5, because the alert's <c>uniqueID</c> is one; it names alerts and protects nothing.</remarks>
public sealed class UniqueIdHasher : IDisposable
{
#pragma warning disable CA5351 // the alert format says MD5
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351

    public UniqueIdHasher Append(ReadOnlySpan<byte> text)
    {
        _hash.AppendData(text);
        return this;
    }

    /// <param name="text">Only its first 256 characters count.</param>
    public UniqueIdHasher Append(string text)
    {
        Span<byte> bytes = stackalloc byte[256 * 3];
        int length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, 256)), bytes);
        _hash.AppendData(bytes[..length]);
        return this;
    }

    public UniqueIdHasher Append(uint number)
    {
        Span<byte> digits = stackalloc byte[10];
        _ = Utf8Formatter.TryFormat(number, digits, out int length);
        _hash.AppendData(digits[..length]);
        return this;
    }

    public UniqueIdHasher Separate()
    {
        _hash.AppendData("_"u8);
        return this;
    }

    internal UInt128 Finish()
    {
        Span<byte> digest = stackalloc byte[16];
        _hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    public void Dispose() => _hash.Dispose();
}
