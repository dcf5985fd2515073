// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>Fixed-size texts of records.</summary>
internal static class ByteFields
{
    public static ReadOnlySpan<byte> Comm(ref readonly HeaderRecord header)
    {
        ReadOnlySpan<byte> comm = header.Comm;
        int end = comm.IndexOf((byte)0);
        return end < 0 ? comm : comm[..end];
    }
}
