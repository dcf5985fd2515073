// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Events.Tls;
using NodeAgent.TestSupport.Tls;

namespace NodeAgent.Events.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);
    private static readonly byte[] Whole = Hellos.Handshake(
        Hellos.Extension(0x0a0a, []), Hellos.ServerName("Shop.Example.test"), Hellos.Alpn("h2", "http/1.1"), Hellos.Versions(0x0304, 0x0303, 0xfafa), Hellos.Extension(51, new byte[1200]));

    [Theory]
    [InlineData(16384)]
    [InlineData(500)]
    [InlineData(4)]
    [InlineData(1)]
    public void Read_ValidInAnyRecords_GivesNameProtocolsAndVersion(int recordSize)
    {
        byte[] message = Hellos.Records(Whole, recordSize);
        Assert.Equal(ClientHelloResult.Ok, ClientHelloReader.Read(message, new byte[message.Length], out ClientHello hello));
        Assert.Equal(("Shop.Example.test", 0x0304), (Text(hello.ServerName), hello.Version));
        Assert.Equal(["h2", "http/1.1"], Protocols(hello));
        Assert.False(hello.HasEncryptedHello);
    }

    [Fact]
    public void Read_NoExtensions_IsAnOldClient()
    {
        byte[] handshake = Hellos.Handshake()[..^2];
        handshake[3] -= 2;
        Assert.Equal(ClientHelloResult.Ok, ClientHelloReader.Read(Hellos.Records(handshake), [], out ClientHello hello));
        Assert.Equal((0x0303, 0), (hello.Version, hello.ServerName.Length));
    }

    [Fact]
    public void Read_EncryptedInside_IsSaid()
    {
        byte[] message = Hellos.Records(Hellos.Handshake(Hellos.ServerName("outer.test"), Hellos.Extension(0xfe0d, new byte[90])));
        Assert.Equal(ClientHelloResult.Ok, ClientHelloReader.Read(message, [], out ClientHello hello));
        Assert.True(hello.HasEncryptedHello);
        Assert.Equal("outer.test", Text(hello.ServerName));
    }

    [Fact]
    public void Read_CutAnywhere_IsTruncatedAndKeepsWhatCameBefore()
    {
        byte[] message = Hellos.Records(Whole);
        int nameEnd = message.AsSpan().IndexOf("test"u8) + 4;
        for (int size = 0; size < message.Length; size++)
        {
            Assert.Equal(ClientHelloResult.Truncated, ClientHelloReader.Read(message.AsSpan(0, size), [], out ClientHello hello));
            Assert.Equal(size >= nameEnd ? "Shop.Example.test" : "", Text(hello.ServerName));
        }
    }

    [Theory]
    [InlineData(0, 23)] // not a handshake
    [InlineData(1, 4)] // not TLS
    [InlineData(5, 2)] // a ServerHello
    [InlineData(8, 3)] // shorter than its parts
    [InlineData(43, 255)] // a session id of 255 bytes
    public void Read_OneByteWrong_IsMalformed(int at, byte value)
    {
        byte[] message = Hellos.Records(Hellos.Handshake(Hellos.ServerName("a.test")));
        message[at] = value;
        Assert.Equal(ClientHelloResult.Malformed, ClientHelloReader.Read(message, new byte[message.Length], out ClientHello hello));
        Assert.Equal(0, hello.ServerName.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("\xe4.test")]
    public void Read_NameThatIsNone_IsMalformed(string name) =>
        Assert.Equal(ClientHelloResult.Malformed, ClientHelloReader.Read(Hellos.Records(Hellos.Handshake(Hellos.ServerName(name))), [], out _));

    [Fact]
    public void Read_NameGivenTwice_IsMalformed()
    {
        byte[] message = Hellos.Records(Hellos.Handshake(Hellos.ServerName("a.test"), Hellos.ServerName("b.test")));
        Assert.Equal(ClientHelloResult.Malformed, ClientHelloReader.Read(message, [], out _));
    }

    [Fact]
    public void Read_ScratchTooShort_IsTruncated() =>
        Assert.Equal(ClientHelloResult.Truncated, ClientHelloReader.Read(Hellos.Records(Whole, 100), new byte[300], out _));

    [Fact]
    public void Read_RandomBytes_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes => Walk(bytes) && Walk([22, 3, 1, 0, (byte)bytes.Length, 1, 0, 0, (byte)bytes.Length, 3, 3, .. bytes])));

    [Fact]
    public void Read_FlippedBitsAndCuts_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<int[], int, int>((flips, cut, size) =>
        {
            byte[] message = Hellos.Records(Whole, 1 + (int)((uint)size % 2000));
            foreach (int flip in flips)
            {
                // The beginning, where the lengths are.
                uint bit = (uint)flip * 2654435761u % (uint)(Math.Min(message.Length, 200) * 8);
                message[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            }

            return Walk(message[..(int)((uint)cut % (message.Length + 1))]);
        }));

    [Fact]
    public void Writing_ThenReading_GivesTheSame() =>
        Check.One(Many, Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            string name = string.Concat(Enumerable.Range(0, random.Next(1, 256)).Select(_ => (char)random.Next('!', '~' + 1)));
            string[] protocols = [.. Enumerable.Range(0, random.Next(1, 6)).Select(at => new string((char)('a' + at), random.Next(1, 30)))];
            byte[][] extensions = [Hellos.ServerName(name), Hellos.Alpn(protocols), Hellos.Extension(21, new byte[random.Next(300)])];
            random.Shuffle(extensions);
            byte[] message = Hellos.Records(Hellos.Handshake(extensions), random.Next(1, 700));
            return ClientHelloReader.Read(message, new byte[message.Length], out ClientHello hello) == ClientHelloResult.Ok
                && Text(hello.ServerName) == name && Protocols(hello).SequenceEqual(protocols);
        }));

    private static bool Walk(byte[] message)
    {
        ClientHelloResult result = ClientHelloReader.Read(message, new byte[64], out ClientHello hello);
        _ = Protocols(hello);
        return hello.ServerName.Length <= message.Length && (result != ClientHelloResult.Malformed || hello.ServerName.IsEmpty);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static List<string> Protocols(ClientHello hello)
    {
        var found = new List<string>();
        for (int position = 0; hello.TryReadProtocol(ref position, out ReadOnlySpan<byte> protocol);)
        {
            found.Add(Text(protocol));
        }

        return found;
    }
}
