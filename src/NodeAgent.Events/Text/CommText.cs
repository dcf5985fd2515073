// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Events.Text;

/// <summary>The name of a command as records hold it: 16 bytes, ended by NUL where it is shorter.</summary>
public static class CommText
{
    public static ReadOnlySpan<byte> Bytes(ref readonly Bytes16 comm)
    {
        ReadOnlySpan<byte> bytes = comm;
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    /// <returns>Shape: <see cref="ByteText"/>.</returns>
    public static string Decode(ref readonly Bytes16 comm) => ByteText.Decode(Bytes(in comm));
}
