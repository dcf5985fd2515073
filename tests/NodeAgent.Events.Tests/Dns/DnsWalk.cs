// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Dns;

namespace NodeAgent.Events.Tests.Dns;

/// <summary>Touches everything that a message offers.</summary>
internal static class DnsWalk
{
    /// <returns>How many entries were read before the end or a failure.</returns>
    public static int Walk(ReadOnlySpan<byte> message)
    {
        Span<byte> text = stackalloc byte[DnsName.MaxTextLength];
        var reader = new DnsMessageReader(message);
        DnsReadResult result = reader.ReadHeader(out _);
        int entries = 0;
        while (result == DnsReadResult.Ok && (result = reader.ReadQuestion(out DnsQuestion question)) == DnsReadResult.Ok)
        {
            Require(question.Name.TryFormat(text, out _));
            entries++;
        }

        while (result is DnsReadResult.End or DnsReadResult.Ok
            && (result = reader.ReadRecord(out DnsResourceRecord record)) == DnsReadResult.Ok)
        {
            entries++;
            Require(record.Name.TryFormat(text, out _));
            Require(record.Name.SameAs(record.Name));
            record.TryGetAddress(out _);
            record.TryGetService(out _, out _, out _);
            if (record.TryGetTarget(out DnsName target))
            {
                Require(target.TryFormat(text, out _));
                Require(target.SameAs(record.Name) == record.Name.SameAs(target));
            }

            if (record.TryGetAuthority(out DnsName primary, out DnsName mailbox, out _))
            {
                Require(primary.TryFormat(text, out _) && mailbox.TryFormat(text, out _));
            }

            if (record.TryGetServiceBinding(out _, out DnsName service, out ReadOnlySpan<byte> parameters))
            {
                Require(service.TryFormat(text, out _) && parameters.Length <= record.Data.Length);
            }

            record.TryGetPreference(out _);
            record.TryGetExtension(out _);
            int position = 0;
            while (record.TryReadText(ref position, out _))
            {
            }
        }

        Require(reader.Position >= 0 && reader.Position <= message.Length);
        return entries;
    }

    /// <summary>Not xunit's asserts: those box, and one test counts allocations.</summary>
    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("a law of the reader is broken");
        }
    }
}
