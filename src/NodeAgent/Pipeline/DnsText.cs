// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Net;

namespace NodeAgent.Pipeline;

/// <summary>A DNS message as one line, in the manner of dig's short form.</summary>
internal static class DnsText
{
    private const int MostAnswers = 8;

    /// <returns>Shape: <c>A example.com. -&gt; 10.0.0.53</c> for a query, <c>A example.com. NOERROR 93.184.216.34 … &lt;- 10.0.0.53</c> for an answer.</returns>
    public static string Describe(in DnsEvent dns)
    {
        var reader = new DnsMessageReader(dns.Message);
        var text = new StringBuilder();
        if (reader.ReadHeader(out DnsHeader header) != DnsReadResult.Ok || reader.ReadQuestion(out DnsQuestion question) != DnsReadResult.Ok)
        {
            return $"malformed message of {dns.Record.MessageSize} bytes, resolver {dns.RemoteAddress}";
        }

        text.Append(question.Type.ToString().ToUpperInvariant()).Append(' ').Append(question.Name.ToString());
        if (!header.IsResponse)
        {
            return text.Append(" -> ").Append(dns.RemoteAddress).ToString();
        }

        text.Append(' ').Append(CodeText(header.ResponseCode));
        AppendAnswers(text, ref reader);
        return text.Append(" <- ").Append(dns.RemoteAddress).ToString();
    }

    private static void AppendAnswers(StringBuilder text, ref DnsMessageReader reader)
    {
        int answers = 0;
        while (reader.ReadRecord(out DnsResourceRecord record) == DnsReadResult.Ok && record.Section == DnsSection.Answer)
        {
            if (answers++ == MostAnswers)
            {
                text.Append(" …");
                return;
            }

            if (record.TryGetAddress(out NetAddress address))
            {
                text.Append(' ').Append(address);
            }
            else if (record.TryGetTarget(out DnsName target))
            {
                text.Append(' ').Append(record.Type.ToString().ToUpperInvariant()).Append(':').Append(target.ToString());
            }
            else
            {
                text.Append(' ').Append(record.Type.ToString().ToUpperInvariant());
            }
        }
    }

    // The names of IANA's registry, not those of the enum.
    private static string CodeText(DnsResponseCode code) => code switch
    {
        DnsResponseCode.NoError => "NOERROR",
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NameError => "NXDOMAIN",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        _ => $"RCODE{(int)code}",
    };
}
