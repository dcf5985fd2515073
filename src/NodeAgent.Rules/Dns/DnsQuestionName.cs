// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Dns;

namespace NodeAgent.Rules.Dns;

/// <summary>The name that a DNS query asks for, without allocating. The message is hostile.</summary>
internal static class DnsQuestionName
{
    public const int MaxNameLength = DnsName.MaxTextLength;

    /// <param name="message">Shape: from the DNS header on; it may be cut behind the name.</param>
    /// <param name="name">Room for the name: <see cref="MaxNameLength"/> bytes.</param>
    /// <param name="length">Bytes of the name, in the form of <see cref="DnsName"/>.</param>
    /// <returns>False for an answer, for a message without a question and for one that is malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, Span<byte> name, out int length)
    {
        length = 0;
        var reader = new DnsMessageReader(message);
        return reader.ReadHeader(out DnsHeader header) == DnsReadResult.Ok
            && !header.IsResponse
            && reader.PeekQuestionName(out DnsName asked) == DnsReadResult.Ok
            && asked.TryFormat(name, out length);
    }
}
