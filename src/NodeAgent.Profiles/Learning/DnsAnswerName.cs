// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Events.Dns;

namespace NodeAgent.Profiles.Learning;

/// <summary>The asked name of a DNS message that answered it.</summary>
internal static class DnsAnswerName
{
    /// <summary>Units: bytes; RFC 1035's limit of a name.</summary>
    public const int MaxLength = 255;

    // Anything else is no host's name, or would widen a profile, as '*' does.
    private static readonly SearchValues<byte> HostBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <param name="message">Shape: from the DNS header on; hostile.</param>
    /// <param name="buffer">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="length">Bytes of the name: lower-case, no trailing dot, only letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
    /// <returns>True for a response without error that holds at least one answer to one question for a usable name.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, Span<byte> buffer, out int length)
    {
        length = 0;
        var reader = new DnsMessageReader(message);
        if (reader.ReadHeader(out DnsHeader header) != DnsReadResult.Ok || !IsAnswered(in header)
            || reader.PeekQuestionName(out DnsName name) != DnsReadResult.Ok || name.IsRoot)
        {
            return false;
        }

        Span<byte> text = stackalloc byte[DnsName.MaxTextLength];
        _ = name.TryFormat(text, out int written);
        text = text[..(written - 1)];
        if (text.Length > MaxLength || text.ContainsAnyExcept(HostBytes))
        {
            return false;
        }

        text.CopyTo(buffer);
        length = text.Length;
        return true;
    }

    private static bool IsAnswered(in DnsHeader header) =>
        header.IsResponse && header.ResponseCode == DnsResponseCode.NoError && header.Opcode == 0
        && header.QuestionCount == 1 && header.AnswerCount > 0;
}
