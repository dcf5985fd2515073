// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Http;

namespace NodeAgent.Events.Tests.Http;

public sealed class HttpMessageReaderTests
{
    [Fact]
    public void ReadRequest_WithHeaders_GivesLineAndEachHeader()
    {
        var reader = new HttpMessageReader("PUT /a/b?c=d HTTP/1.1\r\nHost: x.test:8080\r\nX-Empty:\r\nAccept: \t a, b \t\r\n\r\nbody"u8);
        Assert.Equal(HttpReadResult.Ok, reader.ReadRequestLine(out HttpRequestLine line));
        Assert.Equal(("PUT", "/a/b?c=d", 1), (Text(line.Method), Text(line.Target), line.MinorVersion));
        Assert.Equal("/a/b", Text(line.Path));
        Assert.Equal(HttpReadResult.Ok, reader.ReadHeader(out HttpHeader header));
        Assert.True(header.Is("host"u8));
        Assert.Equal("x.test:8080", Text(header.Value));
        Assert.Equal(HttpReadResult.Ok, reader.ReadHeader(out header));
        Assert.Equal(("X-Empty", ""), (Text(header.Name), Text(header.Value)));
        Assert.Equal(HttpReadResult.Ok, reader.ReadHeader(out header));
        Assert.Equal("a, b", Text(header.Value));
        Assert.Equal(HttpReadResult.End, reader.ReadHeader(out _));
        Assert.Equal("body", Text(reader.Rest));
        Assert.Equal(HttpReadResult.End, reader.ReadHeader(out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "OK")]
    [InlineData("HTTP/1.0 404 \r\n\r\n", 404, "")]
    [InlineData("HTTP/1.1 503\r\n\r\n", 503, "")]
    [InlineData("HTTP/1.1 999 a b  c\n\n", 999, "a b  c")]
    public void ReadResponse_Valid_GivesStatusAndReason(string message, int status, string reason)
    {
        var reader = new HttpMessageReader(Encoding.ASCII.GetBytes(message));
        Assert.Equal(HttpReadResult.Ok, reader.ReadStatusLine(out HttpStatusLine line));
        Assert.Equal((status, reason), (line.Status, Text(line.Reason)));
        Assert.Equal(HttpReadResult.End, reader.ReadHeader(out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n")]
    [InlineData("HTTP/1.1200 OK\r\n")]
    [InlineData("HTTP/2 200\r\n")]
    [InlineData("HTTP/1.x 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 a\0b\r\n")]
    [InlineData("\r\n")]
    public void ReadResponse_Malformed_IsSaid(string message)
    {
        var reader = new HttpMessageReader(Encoding.ASCII.GetBytes(message));
        Assert.Equal(HttpReadResult.Malformed, reader.ReadStatusLine(out _));
        Assert.Equal(HttpReadResult.Malformed, reader.ReadHeader(out _));
    }

    [Theory]
    [InlineData("GET  / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1 \r\n")]
    [InlineData("GET /\r\n")]
    [InlineData("GET / HTTP/2.0\r\n")]
    [InlineData("GET /a\tb HTTP/1.1\r\n")]
    [InlineData("GET /a\0b HTTP/1.1\r\n")]
    [InlineData("G(T / HTTP/1.1\r\n")]
    [InlineData(" GET / HTTP/1.1\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("GE\x7fT")]
    public void ReadRequest_Malformed_IsSaid(string message)
    {
        var reader = new HttpMessageReader(Encoding.Latin1.GetBytes(message));
        Assert.Equal(HttpReadResult.Malformed, reader.ReadRequestLine(out _));
        Assert.False(HttpRequestHead.TryRead(Encoding.Latin1.GetBytes(message), out _));
    }

    [Theory]
    [InlineData("Host : a\r\n")]
    [InlineData(" folded: a\r\n")]
    [InlineData(": a\r\n")]
    [InlineData("no colon\r\n")]
    [InlineData("a: b\rc\r\n")]
    [InlineData("a: b\0c\r\n")]
    public void ReadHeader_Malformed_IsSaid(string header)
    {
        byte[] message = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n" + header + "\r\n");
        var reader = new HttpMessageReader(message);
        reader.ReadRequestLine(out _);
        Assert.Equal(HttpReadResult.Malformed, reader.ReadHeader(out _));
        Assert.False(HttpRequestHead.TryRead(message, out _));
    }

    [Theory]
    [InlineData("GET http://Other.test:81/p/q?r HTTP/1.1\r\nHost: other.TEST:81\r\n\r\n", "/p/q", "Other.test:81", false)]
    [InlineData("GET http://a.test HTTP/1.1\r\nHost: b.test\r\n\r\n", "/", "a.test", true)]
    [InlineData("GET http://a.test?q HTTP/1.1\r\n\r\n", "/", "a.test", false)]
    [InlineData("CONNECT db.test:5432 HTTP/1.1\r\nHost: db.test:5432\r\n\r\n", "", "db.test:5432", false)]
    [InlineData("OPTIONS * HTTP/1.1\r\nhOsT:  c.test \r\n\r\n", "*", "c.test", false)]
    [InlineData("GET /x?u=http://evil.test/ HTTP/1.1\r\nHost: d.test\r\nHost: e.test\r\n\r\n", "/x", "d.test", true)]
    [InlineData("GET /x#y HTTP/1.0\n\n", "/x", "", false)]
    public void TryReadHead_EveryFormOfTarget_GivesPathAndHost(string message, string path, string host, bool conflicting)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(message);
        Assert.True(HttpRequestHead.TryRead(bytes, out HttpRequestHead head));
        Assert.Equal((path, host, conflicting), (Text(head.Path), Text(head.Host), head.HasConflictingHosts));
        Assert.Equal((false, bytes.Length), (head.IsTruncated, head.Size));
    }

    [Fact]
    public void TryReadHead_CutAnywhere_GivesWhatThereIsOrNothing()
    {
        byte[] message = "POST /path HTTP/1.1\r\nA: b\r\nHost: x\r\n\r\n"u8.ToArray();
        for (int size = 0; size < message.Length; size++)
        {
            bool read = HttpRequestHead.TryRead(message.AsSpan(0, size), out HttpRequestHead head);
            Assert.Equal(size > "POST ".Length, read);
            Assert.True(!read || head.IsTruncated);
            Assert.True(!read || "/path".StartsWith(Text(head.Path), StringComparison.Ordinal));
            Assert.Equal(size >= 36 ? "x" : "", Text(head.Host));
        }
    }

    [Fact]
    public void TryReadHead_Pipelined_IsReadOneAfterTheOther()
    {
        ReadOnlySpan<byte> rest = "GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: b\r\n\r\n"u8;
        Assert.True(HttpRequestHead.TryRead(rest, out HttpRequestHead first));
        Assert.True(HttpRequestHead.TryRead(rest[first.Size..], out HttpRequestHead second));
        Assert.Equal(("/1", "/2", "HEAD"), (Text(first.Path), Text(second.Path), Text(second.Method)));
        Assert.Equal(rest.Length, first.Size + second.Size);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
