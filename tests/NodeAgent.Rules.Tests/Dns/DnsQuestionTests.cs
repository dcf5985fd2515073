// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Rules.Dns;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Dns;

public sealed class DnsQuestionNameTests
{
    [Fact]
    public void TryRead_LongestName_FitsTheBuffer()
    {
        byte[] label = [.. Enumerable.Repeat((byte)0xff, 63)];
        byte[][] labels = [label, label, label, label[..61]];
        Assert.Equal(new string('\\', 1), Read(DnsMessages.Query(labels))![..1]);
        Assert.Null(Read(DnsMessages.Query([label, label, label, label])));
    }

    [Fact]
    public void TryRead_RootName_IsADot() => Assert.Equal(".", Read([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]));

    [Theory]
    [InlineData("")]
    [InlineData("123401000001000000000000")]
    [InlineData("12340100000100000000000003")]
    [InlineData("1234010000010000000000000361")]
    [InlineData("123401000001000000000000c00c0001")]
    [InlineData("12340100000000000000000001610000010001")]
    [InlineData("12348100000100000000000001610000010001")]
    [InlineData("123401000001000000000000406100")]
    public void TryRead_Malformed_IsFalse(string hex) => Assert.Null(Read(Convert.FromHexString(hex)));

    [Fact]
    public void TryRead_SpecialBytes_AreEscaped() =>
        Assert.Equal("a\\.b\\\\\\000\\255\\010.x.", Read(DnsMessages.Query([[(byte)'A', (byte)'.', (byte)'b', (byte)'\\', 0, 255, 10], "X"u8.ToArray()])));

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndStaysPrintable() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<byte[]>(bytes =>
        {
            byte[] message = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. bytes ?? []];
            string? name = Read(message);
            return name is null || (name.EndsWith('.') && name.All(c => c is > ' ' and < (char)127));
        }));

    private static string? Read(byte[] message)
    {
        Span<byte> buffer = stackalloc byte[DnsQuestionName.MaxNameLength];
        return DnsQuestionName.TryRead(message, buffer, out int length) ? Encoding.ASCII.GetString(buffer[..length]) : null;
    }
}
