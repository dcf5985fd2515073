// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace NodeAgent.Events.Http;

/// <summary>Reads the head of one HTTP/1.x message, without allocating and without trusting it.</summary>
/// <remarks>
/// Call <see cref="ReadRequestLine"/> or <see cref="ReadStatusLine"/>, then <see cref="ReadHeader"/> until it is not Ok. After a failure
/// every further call gives the same failure; what was read before it stands. A line may end with CR LF or LF, as servers take it;
/// everything else that they need not take is malformed: folded lines, blanks before a colon, control bytes. Errors: none are thrown.
/// Source: RFC 9112 2 to 5.
/// </remarks>
public ref struct HttpMessageReader(ReadOnlySpan<byte> message)
{
    private const int VersionSize = 8; // "HTTP/1.x"

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> TextControls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private static readonly SearchValues<byte> BlanksAndControls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 127]);

    private readonly ReadOnlySpan<byte> _message = message;
    private HttpReadResult _ended = HttpReadResult.Ok;
    private int _at;

    /// <summary>Units: bytes consumed so far; after End, the size of the head.</summary>
    public readonly int Position => _at;

    /// <summary>The bytes behind what was read: after End, the body or the next message.</summary>
    public readonly ReadOnlySpan<byte> Rest => _message[_at..];

    /// <summary>When the line is cut, the result is Truncated and the line holds what there is of the target.</summary>
    public HttpReadResult ReadRequestLine(out HttpRequestLine line)
    {
        line = default;
        HttpReadResult result = ReadLine(out ReadOnlySpan<byte> text);
        if (result == HttpReadResult.Malformed)
        {
            return result;
        }

        int blank = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> method = blank < 0 ? text : text[..blank];
        if (method.IsEmpty || method.ContainsAnyExcept(Token))
        {
            return result == HttpReadResult.Truncated && method.IsEmpty ? result : Fail(HttpReadResult.Malformed);
        }

        ReadOnlySpan<byte> rest = blank < 0 ? [] : text[(blank + 1)..];
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> target = end < 0 ? rest : rest[..end];
        if (target.ContainsAny(BlanksAndControls))
        {
            return Fail(HttpReadResult.Malformed);
        }

        if (result == HttpReadResult.Truncated)
        {
            line = new HttpRequestLine(method, target, -1);
            return result;
        }

        if (target.IsEmpty || end < 0 || !TryReadVersion(rest[(end + 1)..], out int minor))
        {
            return Fail(HttpReadResult.Malformed);
        }

        line = new HttpRequestLine(method, target, minor);
        return HttpReadResult.Ok;
    }

    public HttpReadResult ReadStatusLine(out HttpStatusLine line)
    {
        line = default;
        HttpReadResult result = ReadLine(out ReadOnlySpan<byte> text);
        if (result != HttpReadResult.Ok)
        {
            return result;
        }

        // "HTTP/1.x SP 3DIGIT", then SP and a reason; the last SP is left out by some servers.
        const int statusEnd = VersionSize + 4;
        if (text.Length < statusEnd
            || !TryReadVersion(text[..VersionSize], out int minor)
            || text[VersionSize] != ' '
            || text[(VersionSize + 1)..statusEnd].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || text[VersionSize + 1] == '0'
            || (text.Length > statusEnd && text[statusEnd] != ' ')
            || text.ContainsAny(TextControls))
        {
            return Fail(HttpReadResult.Malformed);
        }

        int status = ((text[VersionSize + 1] - '0') * 100) + ((text[VersionSize + 2] - '0') * 10) + text[VersionSize + 3] - '0';
        line = new HttpStatusLine(status, text.Length > statusEnd ? text[(statusEnd + 1)..] : [], minor);
        return HttpReadResult.Ok;
    }

    public HttpReadResult ReadHeader(out HttpHeader header)
    {
        header = default;
        HttpReadResult result = ReadLine(out ReadOnlySpan<byte> text);
        if (result != HttpReadResult.Ok)
        {
            return result;
        }

        if (text.IsEmpty)
        {
            return Fail(HttpReadResult.End);
        }

        int colon = text.IndexOf((byte)':');
        if (colon <= 0 || text[..colon].ContainsAnyExcept(Token))
        {
            return Fail(HttpReadResult.Malformed);
        }

        ReadOnlySpan<byte> value = text[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny(TextControls))
        {
            return Fail(HttpReadResult.Malformed);
        }

        header = new HttpHeader(text[..colon], value);
        return HttpReadResult.Ok;
    }

    private static bool TryReadVersion(ReadOnlySpan<byte> text, out int minor)
    {
        minor = text.Length == VersionSize ? text[VersionSize - 1] - '0' : -1;
        return minor is >= 0 and <= 9 && text.StartsWith("HTTP/1."u8);
    }

    /// <summary>The next line without its end. Truncated: what there is of it, and nothing is consumed.</summary>
    private HttpReadResult ReadLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (_ended != HttpReadResult.Ok)
        {
            return _ended;
        }

        ReadOnlySpan<byte> rest = _message[_at..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = rest;
            return Fail(HttpReadResult.Truncated);
        }

        _at += end + 1;
        line = end > 0 && rest[end - 1] == '\r' ? rest[..(end - 1)] : rest[..end];
        return HttpReadResult.Ok;
    }

    private HttpReadResult Fail(HttpReadResult result) => _ended = result;
}
