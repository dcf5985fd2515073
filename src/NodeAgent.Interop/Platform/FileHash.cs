// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace NodeAgent.Interop.Platform;

/// <summary>Digests of open files, whatever their size, by a small buffer.</summary>
public static class FileHash
{
    private const int BufferBytes = 64 << 10;

    /// <param name="maxBytes">Units: bytes; of a longer file nothing is told, however long it says that it is.</param>
    /// <param name="bytesRead">Units: bytes; grows by what was read.</param>
    /// <returns>Shape: SHA-256 as 64 lower-case hex digits; null when it is longer.</returns>
    /// <remarks>Errors: <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, as of any reading.</remarks>
    public static string? Sha256(SafeFileHandle file, long maxBytes, ref long bytesRead, CancellationToken stop = default)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            while (RandomAccess.Read(file, buffer, length) is > 0 and int read)
            {
                stop.ThrowIfCancellationRequested();
                length += read;
                bytesRead += read;
                if (length > maxBytes)
                {
                    return null;
                }

                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
