// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;
using static NodeAgent.Kernel.Tests.Support.TcpScript;

namespace NodeAgent.Kernel.Tests;

public sealed class PayloadTests
{
    private const int PayloadMax = 2048;
    private const string Request = "POST /orders?id=7 HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 20\r\n\r\n";
    private const string RequestBody = "secret=1&GET / HTTP/";
    private const string Response = "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n";

    [Theory]
    [InlineData("4", 2)]
    [InlineData("6", 10)]
    public void Http_RequestAndResponse_AreReportedOnBothSidesWithoutTheBody(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, mode, ('c', Request + RequestBody), ('s', Response));
        AssertSides(workload, Of(watch, workload, PayloadProtocol.HttpRequest), "client_pid", "server_pid", family, Request);
        AssertSides(workload, Of(watch, workload, PayloadProtocol.HttpResponse), "server_pid", "client_pid", family, Response);
        Assert.Equal(4, Of(watch, workload).Length);
        Assert.Equal((uint)(Request.Length + RequestBody.Length), Of(watch, workload, PayloadProtocol.HttpRequest)[0].Record.PayloadSize);
    }

    [Fact]
    public void Http_KeepAlive_EachRequestIsReported()
    {
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4",
            ('c', "GET /1 HTTP/1.1\r\n\r\n"), ('s', Response), ('c', "DELETE /2 HTTP/1.1\r\n\r\n"), ('s', Response), ('c', "OPTIONS * HTTP/1.1\n\n"), ('s', Response));
        string[] sent = [.. Of(watch, workload, PayloadProtocol.HttpRequest).Where(IsOutbound).Select(Text)];
        Assert.Equal(["GET /1 HTTP/1.1\r\n\r\n", "DELETE /2 HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\n\n"], sent);
        Assert.Equal(3, Of(watch, workload, PayloadProtocol.HttpResponse).Count(IsOutbound));
    }

    [Fact]
    public void Http_Pipelined_IsOneRecordWithAllHeads()
    {
        const string two = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n";
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", ('c', two));
        Assert.Equal([two, two], Of(watch, workload).Select(Text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(40)]
    public void Http_HeadInPieces_IsOneRecord(int piece)
    {
        string head = "GET /a HTTP/1.1\r\nHost: b\r\n\r\n";
        var script = new List<(char, string)>();
        for (int at = 0; at < head.Length; at += piece)
        {
            script.Add(('c', head[at..Math.Min(head.Length, at + piece)]));
        }

        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", [.. script, ('s', Response)]);
        CapturedPayload[] requests = Of(watch, workload, PayloadProtocol.HttpRequest);
        Assert.Equal([head, head], requests.Select(Text));
        Assert.All(requests, request => Assert.Equal(PayloadFlags.None, request.Record.Flags));
    }

    [Fact]
    public void Http_HeadLongerThanTheCopy_IsTruncatedAndTheNextIsStillSeen()
    {
        string huge = "GET /" + new string('x', 5000) + " HTTP/1.1\r\n\r\n";
        string[] halves = [huge[..1500], huge[1500..]];
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", ('c', huge), ('s', Response), ('c', halves[0]), ('c', halves[1]), ('s', Response), ('c', "GET /2 HTTP/1.1\r\n\r\n"));
        CapturedPayload[] sent = [.. Of(watch, workload, PayloadProtocol.HttpRequest).Where(IsOutbound)];
        Assert.Equal([huge[..PayloadMax], huge[..PayloadMax], "GET /2 HTTP/1.1\r\n\r\n"], sent.Select(Text));
        Assert.Equal([PayloadFlags.Truncated, PayloadFlags.Truncated, PayloadFlags.None], sent.Select(request => request.Record.Flags));
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(1)]
    [InlineData(200)]
    public void Tls_ClientHello_IsTheWholeRecordHoweverItIsCut(int piece)
    {
        byte[] hello = [0x16, 3, 1, 1, 0x2c, 1, 0, 1, 0x28, .. Enumerable.Range(0, 296).Select(at => (byte)at)];
        int pieces = Math.Min(30, (hello.Length + piece - 1) / piece);
        var script = new List<(char, string)>();
        for (int at = 0, left = pieces; left > 0; left--)
        {
            int size = left == 1 ? hello.Length - at : piece;
            script.Add(('c', Encoding.Latin1.GetString(hello, at, size)));
            at += size;
        }

        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "6", [.. script, ('s', "\x16\x03\x03\x00\x04\x02\x00\x00\x00")]);
        CapturedPayload[] hellos = Of(watch, workload, PayloadProtocol.TlsClientHello);
        Assert.Equal([hello, hello], hellos.Select(payload => payload.Payload));
        Assert.Equal(2, Of(watch, workload).Length);
    }

    [Theory]
    [InlineData("GETTING started")]
    [InlineData("\x16\x03\x01\x00\x40\x02 no client hello")]
    [InlineData("G")]
    [InlineData("HTTP/2 is binary")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n")]
    public void Other_Protocols_AreNotReported(string bytes)
    {
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", ('c', bytes), ('s', bytes), ('c', bytes), ('s', bytes));
        Assert.Empty(Of(watch, workload));
    }

    [Theory]
    [InlineData("GET /exfil HTTP/1.1\r\nHost: c2.test\r\n")]
    [InlineData("GET / HTTP/1.1 and never a line's end")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: x")]
    public void Http_HeadWithoutAnEnd_IsToldWhenItsConnectionEnds(string head)
    {
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "4", ('c', head[..9]), ('c', head[9..]));
        CapturedPayload[] told = ToldAtLast(watch, workload, 2);
        Assert.Equal([head, head], told.Select(Text));
        Assert.All(told, payload => Assert.Equal(PayloadFlags.Truncated, payload.Record.Flags));
        Assert.Equal(workload.PidOf("client_pid"), Assert.Single(told, IsOutbound).Record.Header.Pid);
        Assert.Contains(told, payload => payload.Record.Header.Pid == workload.PidOf("server_pid"));
    }

    [Fact]
    public void Http_MoreUnfinishedHeadsThanAreKept_AreReportedOrCounted()
    {
        const int connections = 400;
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = watch.Run("tcp_unfinished", $"{connections}");
        CapturedPayload[] whole = Of(watch, workload, PayloadProtocol.HttpRequest);
        ulong lost = watch.Source.ReadLosses().Where(loss => loss.Kind == EventKind.Payload).Aggregate(0ul, (sum, loss) => sum + loss.Count);
        Assert.All(whole, request => Assert.Equal("GET /unfinished HTTP/1.1\r\nHost: a.test\r\n\r\n", Text(request)));
        Assert.NotEmpty(whole);
        Assert.NotEqual(0ul, lost);
        Assert.Equal(2ul * connections, (ulong)whole.Length + lost);
    }

    private static void AssertSides(Workload workload, CapturedPayload[] payloads, string sender, string receiver, ushort family, string text)
    {
        Assert.Equal(2, payloads.Length);
        CapturedPayload sent = Assert.Single(payloads, IsOutbound);
        CapturedPayload received = Assert.Single(payloads, payload => payload.Record.Direction == FlowDirection.Inbound);
        Assert.Equal((workload.PidOf(sender), workload.PidOf(receiver)), (sent.Record.Header.Pid, received.Record.Header.Pid));
        Assert.Equal((sent.Record.LocalPort, sent.Record.RemotePort), (received.Record.RemotePort, received.Record.LocalPort));
        Assert.Equal((ushort)workload.Number("client_port"), sender == "client_pid" ? sent.Record.LocalPort : sent.Record.RemotePort);
        Assert.NotEqual(sent.Record.SocketCookie, received.Record.SocketCookie);
        foreach (CapturedPayload payload in payloads)
        {
            Assert.Equal(text, Text(payload));
            Assert.Equal((EventKind.Payload, family, PayloadFlags.None), (payload.Record.Header.Kind, payload.Record.Family, payload.Record.Flags));
            Assert.True(NetAddress.FromWire(family, payload.Record.LocalAddress).IsLoopback);
            Assert.True(NetAddress.FromWire(family, payload.Record.RemoteAddress).IsLoopback);
            Assert.Equal("tcp_script", ProcessTests.Comm(payload.Record.Header));
        }
    }
}
