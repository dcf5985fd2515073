// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Postgres;

/// <summary>PostgreSQL's text knows no U+0000 and nothing that is not Unicode: a name with one is stored nowhere.</summary>
internal static class PostgresText
{
    public static bool IsStorable(ObjectKey key) => IsStorable(key.Resource) && IsStorable(key.ObjectNamespace) && IsStorable(key.Name);

    /// <remarks>A position behind which to go on is a name that was listed before, or a forged one.</remarks>
    public static bool IsStorable(ListRequest request) =>
        IsStorable(request.Resource) && IsStorable(request.ObjectNamespace ?? string.Empty)
        && IsStorable(request.After?.ObjectNamespace ?? string.Empty) && IsStorable(request.After?.Name ?? string.Empty);

    private static bool IsStorable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }
}
