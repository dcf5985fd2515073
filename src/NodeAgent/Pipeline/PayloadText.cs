// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Http;
using NodeAgent.Events.Text;
using NodeAgent.Events.Tls;
using NodeAgent.Events.Wire;

namespace NodeAgent.Pipeline;

/// <summary>The head of an HTTP message or a TLS ClientHello as one line. The bytes are hostile.</summary>
internal static class PayloadText
{
    /// <returns>Shape: <c>GET /a HTTP/1.1 host b.test</c>, <c>HTTP/1.1 200 OK</c>, <c>client hello b.test TLS 1.3 h2,http/1.1</c>.</returns>
    public static string Describe(in PayloadEvent payload) =>
        payload.Record.Protocol == PayloadProtocol.TlsClientHello ? Hello(payload.Payload) : Message(payload.Payload);

    private static string Message(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        string line = ByteText.Decode(end < 0 ? bytes : bytes[..end]);
        return HttpRequestHead.TryRead(bytes, out HttpRequestHead head) && head.Host.Length > 0
            ? $"{line} host {ByteText.Decode(head.Host)}{(head.HasConflictingHosts ? " and another" : string.Empty)}" : line;
    }

    private static string Hello(ReadOnlySpan<byte> bytes)
    {
        Span<byte> scratch = stackalloc byte[2048]; // NA_PAYLOAD_MAX
        ClientHelloResult result = ClientHelloReader.Read(bytes, scratch, out ClientHello hello);
        if (result == ClientHelloResult.Malformed || hello.Version == 0)
        {
            return $"client hello, {bytes.Length} bytes, {(result == ClientHelloResult.Malformed ? "malformed" : "cut")}";
        }

        var text = new StringBuilder("client hello ");
        text.Append(hello.ServerName.IsEmpty ? "-" : ByteText.Decode(hello.ServerName)).Append(' ').Append(VersionText(hello.Version));
        char before = ' ';
        for (int position = 0; hello.TryReadProtocol(ref position, out ReadOnlySpan<byte> protocol); before = ',')
        {
            text.Append(before).Append(ByteText.Decode(protocol));
        }

        return text.Append(hello.HasEncryptedHello ? " encrypted" : string.Empty).ToString();
    }

    private static string VersionText(ushort version) => version switch
    {
        0x0300 => "SSL 3.0",
        >= 0x0301 and <= 0x0304 => $"TLS 1.{version - 0x0301}",
        _ => $"0x{version:x4}",
    };
}
