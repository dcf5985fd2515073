// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>Fixed-size texts of records.</summary>
internal static class ByteFields
{
    public static ReadOnlySpan<byte> Comm(ref readonly HeaderRecord header) => Text(header.Comm);

    /// <summary>What stands before the first NUL, if there is one.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
