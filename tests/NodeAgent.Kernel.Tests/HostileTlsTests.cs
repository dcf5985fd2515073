// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Tls;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;
using NodeAgent.TestSupport.Tls;
using static NodeAgent.Kernel.Tests.Support.TcpScript;

namespace NodeAgent.Kernel.Tests;

/// <summary>ClientHellos that somebody wrote to hide whom he calls: through real sockets, the record and then the reader.</summary>
public sealed class HostileTlsTests
{
    private const int PayloadMax = 2048;
    private const int EncryptedHello = 0xfe0d;
    private const string Name = "shop.test";

    private static readonly byte[] Grease = Hellos.Extension(0x0a0a, []);

    /// <summary>Name · the bytes · what the reader says · the server's name that it finds.</summary>
    public static TheoryData<string, byte[], ClientHelloResult, string> Whole => new()
    {
        { "plain", Record(Hellos.ServerName(Name)), ClientHelloResult.Ok, Name },
        { "records of 100 bytes", Hellos.Records(Hellos.Handshake(Hellos.ServerName(Name), Padding(300)), 100), ClientHelloResult.Ok, Name },
        { "reserved values", Record(Grease, Hellos.ServerName(Name), Hellos.Versions(0x1a1a, 0x0304), Hellos.Extension(0xfafa, [0])), ClientHelloResult.Ok, Name },
        { "a hundred extensions before the name", Record([.. Enumerable.Range(0, 100).Select(at => Hellos.Extension((ushort)(0x7000 + at), new byte[8])), Hellos.ServerName(Name)]), ClientHelloResult.Ok, Name },
        { "no extensions", Record(), ClientHelloResult.Ok, "" },
        { "another hello inside", Record(Hellos.ServerName("outer.test"), Hellos.Extension(EncryptedHello, new byte[200])), ClientHelloResult.Ok, "outer.test" },
        { "a name of no bytes", Record(Hellos.ServerName("")), ClientHelloResult.Malformed, "" },
        { "two names", Record(Hellos.ServerName(Name), Hellos.ServerName("other.test")), ClientHelloResult.Malformed, "" },
        { "a name with NUL", Record(Hellos.ServerName("shop\0.test")), ClientHelloResult.Malformed, "" },
        { "a name of other bytes", Record(Hellos.ServerName("shop\u00ff\n.test")), ClientHelloResult.Malformed, "" },
        { "a name longer than any", Record(Hellos.ServerName(new string('a', 300))), ClientHelloResult.Malformed, "" },
        { "the list is longer than the extension", Record(Hellos.Extension(0, [0, 99, 0, 0, 4, 1, 2, 3, 4])), ClientHelloResult.Malformed, "" },
        { "the name is longer than the list", Record(Hellos.Extension(0, [0, 7, 0, 0xff, 0xff, 1, 2, 3, 4])), ClientHelloResult.Malformed, "" },
        { "the name is shorter than the list", Record(Hellos.Extension(0, [0, 7, 0, 0, 1, 1, 2, 3, 4])), ClientHelloResult.Malformed, "" },
        { "behind the copy", Record(Padding(3000), Hellos.ServerName(Name)), ClientHelloResult.Truncated, "" },
    };

    /// <summary>Lengths that promise more than ever comes, and records so small that the kernel does not follow them.</summary>
    public static TheoryData<string, byte[], ClientHelloResult, string> Unfinished => new()
    {
        { "the record", [22, 3, 1, 0x40, 0, .. Hellos.Handshake(Hellos.ServerName(Name))], ClientHelloResult.Ok, Name },
        { "the message", Hellos.Records([1, 0xff, 0xff, 0xff, .. Hellos.Handshake(Hellos.ServerName(Name))[4..]]), ClientHelloResult.Truncated, Name },
        { "the last record", Hellos.Records(Hellos.Handshake(Hellos.ServerName(Name)), 64)[..^1], ClientHelloResult.Truncated, "" },
        { "a record for each byte", Hellos.Records(Hellos.Handshake(Hellos.ServerName(Name)), 1), ClientHelloResult.Ok, Name },
        { "a record for each five bytes", Hellos.Records(Hellos.Handshake(Hellos.ServerName(Name)), 5), ClientHelloResult.Ok, Name },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Hello_OfAnyKind_IsToldWholeAndRead(string name, byte[] hello, ClientHelloResult result, string server)
    {
        byte[] copied = hello[..Math.Min(PayloadMax, hello.Length)];
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        foreach (int size in (int[])[hello.Length, (hello.Length + 8) / 9])
        {
            watch.Events.Payloads.Clear(); // a network namespace that is gone leaves its number to the next one
            Workload workload = Play(watch, "4", [.. InPieces('c', Encoding.Latin1.GetString(hello), size), ('s', "\x15\x03\x03\x00\x02\x02\x28")]);
            CapturedPayload[] told = Of(watch, workload);
            Assert.Equal([copied, copied], told.Select(payload => payload.Payload));
            Assert.All(told, payload => Assert.Equal(PayloadProtocol.TlsClientHello, payload.Record.Protocol));
            Assert.All(told, payload => Assert.Equal(copied.Length < hello.Length, payload.Record.Flags.HasFlag(PayloadFlags.Truncated)));
            Assert.Equal((name, result, server), Read(name, told[0].Payload, out bool isEncrypted));
            Assert.Equal(name == "another hello inside", isEncrypted);
            AssertNothingElse(watch);
        }
    }

    [Theory]
    [MemberData(nameof(Unfinished))]
    public void Hello_ThatIsNeverWhole_IsToldWhenTheConnectionEnds(string what, byte[] hello, ClientHelloResult result, string server)
    {
        using KernelWatch watch = KernelWatch.Start("process", "payload");
        Workload workload = Play(watch, "6", InPieces('c', Encoding.Latin1.GetString(hello), 50));
        CapturedPayload[] told = ToldAtLast(watch, workload, 2);
        Assert.Equal([hello, hello], told.Select(payload => payload.Payload));
        Assert.All(told, payload => Assert.Equal(PayloadFlags.Truncated, payload.Record.Flags));
        Assert.Equal((what, result, server), Read(what, hello, out _));
        AssertNothingElse(watch);
    }

    private static byte[] Record(params byte[][] extensions) => Hellos.Records(Hellos.Handshake(extensions));

    private static byte[] Padding(int size) => Hellos.Extension(21, new byte[size]);

    private static (string Name, ClientHelloResult Result, string Server) Read(string name, byte[] record, out bool isEncrypted)
    {
        ClientHelloResult result = ClientHelloReader.Read(record, new byte[PayloadMax], out ClientHello hello);
        isEncrypted = hello.HasEncryptedHello;
        return (name, result, Encoding.Latin1.GetString(hello.ServerName));
    }

    private static void AssertNothingElse(KernelWatch watch)
    {
        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.DoesNotContain(watch.Source.ReadLosses(), loss => loss.Kind == EventKind.Payload);
    }
}
