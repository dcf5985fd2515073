// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Names;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport;

namespace NodeAgent.Enrichment.Tests.Names;

public sealed class DnsNamesTests
{
    private const ulong S = Stages.Second;

    /// <summary>www.a.test -> edge.a.test -> 10.0.0.7, the address before the alias; and an address that nobody asked for.</summary>
    private const string Alias = """
        0001 8180 0001 0003 0000 0000
        03 777777 01 61 04 74657374 00 0001 0001
        04 65646765 c010 0001 0001 0000012c 0004 0a000007
        04 6576696c c010 0001 0001 0000012c 0004 0a000008
        c00c 0005 0001 00000e10 0007 04 65646765 c010
        """;

    private static readonly ContainerInfo A = new(100, "/a");
    private static readonly ContainerInfo B = new(200, "/b");

    [Fact]
    public void TryGetName_AliasInAnyOrder_GivesTheNameThatWasAsked()
    {
        var names = new DnsNames(new DnsNamesOptions());
        Learn(names, A, Alias, S);

        Assert.True(names.TryGetName(A, Address("10.0.0.7"), out string name));
        Assert.Equal("www.a.test.", name);
        Assert.False(names.TryGetName(A, Address("10.0.0.8"), out _));
    }

    [Theory]
    [InlineData(89, true)]
    [InlineData(91, false)]
    public void TryGetName_ChainOfAliases_LivesAsLongAsItsShortestLink(int afterSeconds, bool known)
    {
        var names = new DnsNames(new DnsNamesOptions());

        // www.a.test -> mid.a.test (1 h) -> edge.a.test (90 s) -> 10.0.0.7 (1 h)
        Learn(
            names,
            A,
            """
            0001 8180 0001 0003 0000 0000
            03 777777 01 61 04 74657374 00 0001 0001
            c00c 0005 0001 00000e10 0006 03 6d6964 c010
            03 6d6964 c010 0005 0001 0000005a 0007 04 65646765 c010
            04 65646765 c010 0001 0001 00000e10 0004 0a000007
            """,
            S);
        names.OnTick(S + ((ulong)afterSeconds * S), static _ => true);

        Assert.Equal(known, names.TryGetName(A, Address("10.0.0.7"), out string name));
        Assert.Equal(known ? "www.a.test." : string.Empty, name);
    }

    [Fact]
    public void OnDns_AliasesInACircle_TeachNothingAndEnd()
    {
        var names = new DnsNames(new DnsNamesOptions());
        Learn(
            names,
            A,
            """
            0001 8180 0001 0003 0000 0000
            03 777777 01 61 04 74657374 00 0001 0001
            c00c 0005 0001 00000e10 0006 03 6d6964 c010
            03 6d6964 c010 0005 0001 00000e10 0002 c00c
            04 65646765 c010 0001 0001 00000e10 0004 0a000007
            """,
            S);

        Assert.Equal(0, names.Count);
        Assert.Equal(0, names.Malformed);
    }

    [Fact]
    public void Fault24_NameThatAnotherContainerAskedFor_IsNotThisOnes()
    {
        var names = new DnsNames(new DnsNamesOptions());
        Learn(names, A, Answer("one", "10.0.0.1", 300), S);
        Learn(names, B, Answer("two", "10.0.0.1", 300), S);

        Assert.True(names.TryGetName(A, Address("10.0.0.1"), out string name));
        Assert.Equal("one.", name);
        Assert.True(names.TryGetName(B, Address("10.0.0.1"), out name));
        Assert.Equal("two.", name);
        Assert.False(names.TryGetName(new ContainerInfo(300, "/c"), Address("10.0.0.1"), out _));
    }

    [Theory]
    [InlineData(5u, 59, true)] // a minute at least
    [InlineData(5u, 61, false)]
    [InlineData(300u, 299, true)]
    [InlineData(300u, 301, false)]
    [InlineData(uint.MaxValue, 61, false)] // RFC 2181: a TTL with the top bit is zero
    public void TryGetName_AfterTheTtl_IsForgotten(uint ttl, int afterSeconds, bool known)
    {
        var names = new DnsNames(new DnsNamesOptions());
        Learn(names, A, Answer("one", "10.0.0.1", ttl), S);

        names.OnTick(S + (ulong)afterSeconds * S, static _ => true);

        Assert.Equal(known, names.TryGetName(A, Address("10.0.0.1"), out _));
    }

    [Fact]
    public void OnDns_MoreThanTheBound_ForgetsTheLeastRecentlyUsed()
    {
        var names = new DnsNames(new DnsNamesOptions { MaxPerContainer = 3 });
        Learn(names, A, Answer("one", "10.0.0.1", 300), S);
        Learn(names, A, Answer("two", "10.0.0.2", 300), S);
        Learn(names, A, Answer("three", "10.0.0.3", 300), S);
        Assert.True(names.TryGetName(A, Address("10.0.0.1"), out _));
        Learn(names, A, Answer("four", "10.0.0.4", 300), S);

        Assert.True(names.TryGetName(A, Address("10.0.0.1"), out _));
        Assert.False(names.TryGetName(A, Address("10.0.0.2"), out _));
        Assert.Equal((3, 1L), (names.Count, names.Evictions));
    }

    [Fact]
    public void OnDns_TotalBound_IsPaidByTheContainerWithTheMost()
    {
        var names = new DnsNames(new DnsNamesOptions { MaxTotal = 10 });
        Learn(names, B, Answer("calm", "10.9.9.9", 300), S);
        for (int i = 1; i <= 50; i++)
        {
            Learn(names, A, Answer("flood", $"10.0.0.{i}", 300), S);
        }

        Assert.Equal(10, names.Count);
        Assert.True(names.TryGetName(B, Address("10.9.9.9"), out _));
    }

    [Fact]
    public void OnDns_QueriesErrorsAndOutgoingAnswers_TeachNothing()
    {
        var names = new DnsNames(new DnsNamesOptions());
        string good = Answer("one", "10.0.0.1", 300);
        Learn(names, A, good.Replace("8180", "0100", StringComparison.Ordinal), S);
        Learn(names, A, good.Replace("8180", "8183", StringComparison.Ordinal), S);
        Learn(names, A, good, S, FlowDirection.Outbound);

        Assert.Equal((0, 0L), (names.Count, names.Malformed));
    }

    [Fact]
    public void OnDns_BrokenAnswer_KeepsWhatCameBeforeAndCounts()
    {
        var names = new DnsNames(new DnsNamesOptions());
        string two = Answer("one", "10.0.0.1", 300).Replace("0001 8180 0001 0001", "0001 8180 0001 0002", StringComparison.Ordinal);
        Learn(names, A, two + "c0ff", S);
        Learn(names, A, two, S, flags: DnsRecordFlags.Truncated);

        Assert.True(names.TryGetName(A, Address("10.0.0.1"), out _));
        Assert.Equal((1L, 1L), (names.Malformed, names.Truncated));
    }

    [Fact]
    public void OnTick_ContainerThatIsGone_IsForgotten()
    {
        var names = new DnsNames(new DnsNamesOptions());
        Learn(names, A, Answer("one", "10.0.0.1", 300), S);
        Learn(names, B, Answer("one", "10.0.0.1", 300), S);

        names.OnTick(2 * S, container => container == B);

        Assert.Equal(1, names.Count);
        Assert.False(names.TryGetName(A, Address("10.0.0.1"), out _));
    }

    [Fact]
    public void OnDns_KnownAnswerAgain_AllocatesNothing()
    {
        var names = new DnsNames(new DnsNamesOptions());
        byte[] message = Convert.FromHexString(string.Concat(Alias.Where(char.IsAsciiHexDigit)));
        var record = new DnsRecord { Direction = FlowDirection.Inbound, Message = new WireString { Length = (ushort)message.Length } };
        names.OnDns(new DnsEvent(in record, message), A);

        Assert.Equal(0, Allocations.Least(() => names.OnDns(new DnsEvent(in record, message), A)));
    }

    private static string Answer(string label, string address, uint ttl)
    {
        string name = $"{label.Length:x2}{Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(label))}00";
        string data = Convert.ToHexString(System.Net.IPAddress.Parse(address).GetAddressBytes());
        return $"0001 8180 0001 0001 0000 0000 {name} 0001 0001 c00c 0001 0001 {ttl:x8} 0004 {data}";
    }

    private static void Learn(
        DnsNames names, ContainerInfo container, string hex, ulong time, FlowDirection direction = FlowDirection.Inbound, DnsRecordFlags flags = 0)
    {
        byte[] message = Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));
        var record = new DnsRecord
        {
            Header = Records.Header(EventKind.Dns, time, 1, 1),
            Direction = direction,
            Flags = flags,
            Message = new WireString { Length = (ushort)message.Length },
        };
        names.OnDns(new DnsEvent(in record, message), container);
    }

    private static NetAddress Address(string text)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));
        return address;
    }
}
