// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Pipeline;

/// <summary>The command name in a record's header.</summary>
internal static class CommText
{
    public static string Decode(in Bytes16 comm)
    {
        ReadOnlySpan<byte> bytes = comm;
        int end = bytes.IndexOf((byte)0);
        return ByteText.Decode(end < 0 ? bytes : bytes[..end]);
    }
}
