// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class DnsStreamTests
{
    private const uint Tcp = 6;
    private const int DnsMax = 4096;

    [Theory]
    [InlineData("4", 2)]
    [InlineData("6", 10)]
    public void Dns_OverTcp_IsOneEventForEachMessageHoweverItIsCut(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "dns");
        Workload workload = watch.Run("dns_stream", mode);
        CapturedDns[] messages = [.. watch.Events.Dns.Where(dns => dns.Record.NetNs == (uint)workload.Number("net_ns"))];
        CapturedDns[] queries = [.. messages.Where(dns => dns.Record.Direction == FlowDirection.Outbound)];
        CapturedDns[] answers = [.. messages.Where(dns => dns.Record.Direction == FlowDirection.Inbound)];
        uint query = (uint)workload.Number("query_bytes");
        uint longAnswer = (uint)workload.Number("long_answer_bytes");
        Assert.Equal([query, query, query], queries.Select(dns => dns.Record.MessageSize));
        Assert.Equal([query, longAnswer, query], answers.Select(dns => dns.Record.MessageSize));
        Assert.Equal([0x34, 0x35, 0x36], queries.Select(dns => (int)dns.Message[1]));
        Assert.Equal([0x34, 0x35, 0x36], answers.Select(dns => (int)dns.Message[1]));
        foreach (CapturedDns dns in messages)
        {
            Assert.Equal((family, Tcp, workload.Pid), (dns.Record.Family, dns.Record.Protocol, dns.Record.Header.Pid));
            Assert.Equal(((ushort)workload.Number("client_port"), (ushort)53), (dns.Record.LocalPort, dns.Record.RemotePort));
            Assert.Equal(Math.Min((int)dns.Record.MessageSize, DnsMax), dns.Message.Length);
            Assert.Equal(dns.Record.MessageSize > DnsMax ? DnsRecordFlags.Truncated : DnsRecordFlags.None, dns.Record.Flags);
        }

        Assert.Equal("na"u8.ToArray(), queries[2].Message[13..15]);
        Assert.Equal(new byte[] { 6, (byte)'s', (byte)'t', (byte)'r', (byte)'e', (byte)'a', (byte)'m', 0, 0, 1, 0, 1 }, queries[2].Message[15..]);
    }

    [Theory]
    [InlineData("nothing, then a query", new[] { 0, 0, 0, 0 }, 1, new[] { 28 })]
    [InlineData("shorter than its query", new[] { 0, 5, 1, 2, 3, 4, 5 }, 1, new[] { 5, 28 })]
    [InlineData("cut inside the length", new[] { 0, 5, 1, 2, 3, 4, 5, 0 }, 9, new[] { 5 })]
    [InlineData("longer than all that comes", new[] { 0xff, 0xff, 1, 2, 3 }, 1, new int[0])]
    public void Dns_OverTcp_LengthsThatLie_TellWhatCameWhole(string name, int[] before, int size, int[] told)
    {
        byte[] bytes = [.. before.Select(value => (byte)value), .. name.StartsWith("cut", StringComparison.Ordinal) ? Array.Empty<byte>() : [0, 28, .. Query]];
        using KernelWatch watch = KernelWatch.Start("process", "dns");
        Workload workload = TcpScript.Play(watch, "4", 53, [.. TcpScript.InPieces('c', Encoding.Latin1.GetString(bytes), size)]);
        CapturedDns[] queries = Queries(watch, workload);
        Assert.Equal((name, string.Join(',', told)), (name, string.Join(',', queries.Select(dns => dns.Record.MessageSize))));
        Assert.All(queries, dns => Assert.Equal((int)dns.Record.MessageSize, dns.Message.Length));
        foreach (CapturedDns dns in queries)
        {
            var reader = new DnsMessageReader(dns.Message);
            Assert.Equal(dns.Message.Length == Query.Length ? DnsReadResult.Ok : DnsReadResult.Truncated, reader.ReadHeader(out _));
        }

        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.DoesNotContain(watch.Source.ReadLosses(), loss => loss.Kind == EventKind.Dns);
    }

    [Fact]
    public void Dns_OverTcp_MoreMessagesInASegmentThanAreRead_AreCounted()
    {
        const int Messages = 40;
        byte[] one = [0, 28, .. Query];
        using KernelWatch watch = KernelWatch.Start("process", "dns");
        Workload workload = TcpScript.Play(watch, "4", 53, ('c', Encoding.Latin1.GetString([.. Enumerable.Repeat(one, Messages).SelectMany(bytes => bytes)])));
        CapturedDns[] queries = Queries(watch, workload);
        Assert.InRange(queries.Length, 8, Messages - 1);
        Assert.All(queries, dns => Assert.Equal(Query, dns.Message));
        Assert.Contains(watch.Source.ReadLosses(), loss => loss.Kind == EventKind.Dns && loss.Count >= 1);
    }

    private static byte[] Query { get; } =
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'n', (byte)'a', (byte)'g', 5, (byte)'e', (byte)'v', (byte)'i', (byte)'l', (byte)'s', 0, 0, 1, 0, 1, 0];

    private static CapturedDns[] Queries(KernelWatch watch, Workload workload) =>
        [.. watch.Events.Dns.Where(dns => dns.Record.NetNs == (uint)workload.Number("net_ns") && dns.Record.Direction == FlowDirection.Outbound)];
}
