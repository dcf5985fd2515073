// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Http;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;
using static NodeAgent.Kernel.Tests.Support.TcpScript;

namespace NodeAgent.Kernel.Tests;

/// <summary>HTTP/1.x that somebody wrote to mislead who reads it: through real sockets, the record and then the reader.</summary>
public sealed class HostileHttpTests
{
    private const int PayloadMax = 2048;
    private const int Segments = 32;
    private const string Plain = "GET /plain HTTP/1.1\r\nHost: plain.test\r\n\r\n";

    /// <summary>Name · what the client sends · whether there is a record of it · the host that is read, null = no request.</summary>
    public static TheoryData<string, string, bool, string?> Heads => new()
    {
        { "absolute form", "GET http://evil.test/a HTTP/1.1\r\nHost: good.test\r\n\r\n", true, "evil.test" },
        { "connect", "CONNECT db.test:5432 HTTP/1.1\r\nHost: db.test:5432\r\n\r\n", true, "db.test:5432" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: a.test\r\nhOsT: b.test\r\n\r\n", true, "a.test" },
        { "no host", "GET / HTTP/1.0\r\n\r\n", true, "" },
        { "folded line", "GET / HTTP/1.1\r\nX: a\r\n b\r\nHost: folded.test\r\n\r\n", true, null },
        { "blank before the colon", "GET / HTTP/1.1\r\nHost : a.test\r\n\r\n", true, null },
        { "NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a.test\r\n\r\n", true, null },
        { "NUL in the host", "GET / HTTP/1.1\r\nHost: a\0b.test\r\n\r\n", true, null },
        { "every byte in a value", $"GET / HTTP/1.1\r\nX: {EveryByte}\r\nHost: a.test\r\n\r\n", true, null },
        { "bare line feeds", "GET / HTTP/1.1\nHost: a.test\n\n", true, "a.test" },
        { "lower-case method", "get / HTTP/1.1\r\nHost: a.test\r\n\r\n", false, null },
        { "unknown method", "BREW / HTTP/1.1\r\nHost: a.test\r\n\r\n", false, null },
        { "no blank behind the method", "GET/ HTTP/1.1\r\n\r\n", false, null },
        { "garbage", new string([.. EveryByte.Reverse(), .. EveryByte]), false, null },
        { "other version", "GET / HTTP/2.0\r\nHost: a.test\r\n\r\n", true, null },
        { "no version", "GET /\r\n\r\n", true, null },
        { "garbage behind a method", $"POST {EveryByte}\n\n", true, null },
        { "long value hides the host", $"GET / HTTP/1.1\r\nX: {new string('x', 5000)}\r\nHost: hidden.test\r\n\r\n", true, "" },
        { "long target", $"GET /{new string('x', 5000)} HTTP/1.1\r\nHost: hidden.test\r\n\r\n", true, "" },
        { "three in one segment", Plain + "HEAD /2 HTTP/1.1\r\n\r\n" + "DELETE /3 HTTP/1.1\r\n\r\n", true, "plain.test" },
    };

    private static string EveryByte { get; } = new([.. Enumerable.Range(0, 256).Select(value => (char)value)]);

    [Theory]
    [MemberData(nameof(Heads))]
    public void Head_OfAnyKind_IsToldAsItIsOrNotAtAll(string name, string sent, bool told, string? host)
    {
        string head = sent[..Math.Min(PayloadMax, sent.Length)];
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        foreach (int size in (int[])[sent.Length, (sent.Length + 6) / 7])
        {
            watch.Events.Payloads.Clear(); // a network namespace that is gone leaves its number to the next one
            Workload workload = Play(watch, "4", [.. InPieces('c', sent, size), ('s', "HTTP/1.1 200 OK\r\n\r\n"), ('c', Plain)]);
            CapturedPayload[] requests = [.. Of(watch, workload, PayloadProtocol.HttpRequest).Where(IsOutbound)];

            // The next request on the connection is seen whatever came before it.
            Assert.Equal(told ? [head, Plain] : [Plain], requests.Select(Text));
            Assert.Equal(told && head.Length < sent.Length, requests[0].Record.Flags.HasFlag(PayloadFlags.Truncated));
            AssertRead(name, requests[0].Payload, told ? host : "plain.test");
            AssertNothingElse(watch);
        }
    }

    [Fact]
    public void Head_InMoreSegmentsThanAreFollowed_IsToldAsFarAsItCame()
    {
        string sent = "GET /" + new string('x', Segments);
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "6", [.. InPieces('c', sent, 1), ('c', Plain)]);
        CapturedPayload[] requests = [.. Of(watch, workload, PayloadProtocol.HttpRequest).Where(IsOutbound)];
        Assert.Equal([sent[..Segments], Plain], requests.Select(Text));
        Assert.Equal([PayloadFlags.Truncated, PayloadFlags.None], requests.Select(request => request.Record.Flags));
        AssertNothingElse(watch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(19)]
    public void Exchange_BothSidesInPieces_HasOneRequestAndOneResponse(int size)
    {
        const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        const string Response = "HTTP/1.1 200 OK\r\nB: c\r\n\r\n";
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", [.. InPieces('c', Request, size), .. InPieces('s', Response, size)]);
        Assert.Equal([Request], Of(watch, workload, PayloadProtocol.HttpRequest).Where(IsOutbound).Select(Text));
        Assert.Equal([Response], Of(watch, workload, PayloadProtocol.HttpResponse).Where(IsOutbound).Select(Text));
        Assert.Equal(4, Of(watch, workload).Length);
        AssertNothingElse(watch);
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET ")]
    [InlineData("GET /hid")]
    [InlineData("GET /hidden HTTP/1.1\r\nHost: hid")]
    public void Head_BehindAnother_CutAnywhere_IsToldWhole(string firstPart)
    {
        const string Hidden = "GET /hidden HTTP/1.1\r\nHost: hidden.test\r\n\r\n";
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", ('c', Plain + firstPart), ('c', Hidden[firstPart.Length..]), ('s', "HTTP/1.1 204 A\r\n\r\nHTTP/1.1 200 B\r\n\r\n"));
        CapturedPayload request = Assert.Single(Of(watch, workload, PayloadProtocol.HttpRequest), IsOutbound);
        Assert.Equal((Plain + Hidden, PayloadFlags.None), (Text(request), request.Record.Flags));
        Assert.Equal("HTTP/1.1 204 A\r\n\r\nHTTP/1.1 200 B\r\n\r\n", Text(Assert.Single(Of(watch, workload, PayloadProtocol.HttpResponse), IsOutbound)));
        AssertNothingElse(watch);
    }

    [Fact]
    public void Garbage_BeginsLikeARequestAndNeverEnds_IsToldWhenTheConnectionDoes()
    {
        string sent = "PUT " + EveryByte.Replace("\n", string.Empty, StringComparison.Ordinal);
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "6", InPieces('c', sent, 100));
        CapturedPayload[] told = ToldAtLast(watch, workload, 2);
        Assert.Equal([sent, sent], told.Select(Text));
        Assert.All(told, payload => Assert.Equal(PayloadFlags.Truncated, payload.Record.Flags));
        Assert.All(told, payload => Assert.False(HttpRequestHead.TryRead(payload.Payload, out _)));
        AssertNothingElse(watch);
    }

    private static void AssertRead(string name, byte[] record, string? host)
    {
        bool isRequest = HttpRequestHead.TryRead(record, out HttpRequestHead head);
        Assert.Equal((name, host), (name, isRequest ? Encoding.Latin1.GetString(head.Host) : null));
    }

    private static void AssertNothingElse(KernelWatch watch)
    {
        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.DoesNotContain(watch.Source.ReadLosses(), loss => loss.Kind == EventKind.Payload);
    }
}
