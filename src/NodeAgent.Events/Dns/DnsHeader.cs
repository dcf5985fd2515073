// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Dns;

/// <summary>The 12 bytes that begin a message. The counts are what the sender claims.</summary>
public readonly record struct DnsHeader(
    ushort Id,
    ushort Flags,
    ushort QuestionCount,
    ushort AnswerCount,
    ushort AuthorityCount,
    ushort AdditionalCount)
{
    public const int Size = 12;

    public bool IsResponse => (Flags & 0x8000) != 0;

    public int Opcode => Flags >> 11 & 0xf;

    /// <summary>The sender cut the message (TC): the answer comes again over TCP.</summary>
    public bool IsTruncated => (Flags & 0x0200) != 0;

    public DnsResponseCode ResponseCode => (DnsResponseCode)(Flags & 0xf);
}
