// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Http;

/// <summary>What a request asks for, and of whom; a view into the message.</summary>
/// <remarks>Pipelined requests stand behind each other: read again from <see cref="Size"/> on.</remarks>
public readonly ref struct HttpRequestHead
{
    private HttpRequestHead(HttpRequestLine line, ReadOnlySpan<byte> host, bool hasTwoHosts, bool isTruncated, int size)
    {
        Line = line;
        Host = host;
        HasConflictingHosts = hasTwoHosts;
        IsTruncated = isTruncated;
        Size = size;
    }

    public HttpRequestLine Line { get; }

    public ReadOnlySpan<byte> Method => Line.Method;

    public ReadOnlySpan<byte> Path => Line.Path;

    /// <summary>Shape: <c>host[:port]</c> as sent. The target's own, else that of the first Host header; empty when there is none.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Two Host headers, or one that disagrees with the target: servers and proxies may each believe another one.</summary>
    public bool HasConflictingHosts { get; }

    /// <summary>The head goes on behind what was copied: headers, or the end of the target, may be missing.</summary>
    public bool IsTruncated { get; }

    /// <summary>Units: bytes of the head, its empty line included; of a truncated one, what was read.</summary>
    public int Size { get; }

    /// <param name="message">Shape: from the request line on; hostile.</param>
    /// <param name="head">The request.</param>
    /// <returns>False when the bytes are no request, or too few to tell the method.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out HttpRequestHead head)
    {
        head = default;
        var reader = new HttpMessageReader(message);
        HttpReadResult result = reader.ReadRequestLine(out HttpRequestLine line);
        if (result == HttpReadResult.Malformed || line.Target.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> host = line.Authority;
        bool conflicting = false, found = false;
        while (result == HttpReadResult.Ok && (result = reader.ReadHeader(out HttpHeader header)) == HttpReadResult.Ok)
        {
            if (!header.Is("host"u8))
            {
                continue;
            }

            conflicting |= found || (!host.IsEmpty && !System.Text.Ascii.EqualsIgnoreCase(host, header.Value));
            host = host.IsEmpty && !found ? header.Value : host;
            found = true;
        }

        if (result == HttpReadResult.Malformed)
        {
            return false;
        }

        head = new HttpRequestHead(line, host, conflicting, result == HttpReadResult.Truncated, reader.Position);
        return true;
    }
}
