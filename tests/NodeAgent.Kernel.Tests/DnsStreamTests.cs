// SPDX-License-Identifier: Apache-2.0
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
}
