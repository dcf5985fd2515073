// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Events.Text;

namespace NodeAgent.Events.Tests.Text;

public sealed class ByteTextTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);

    [Fact]
    public void Decode_AnyBytes_EncodeGivesThemBack() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes => ByteText.Encode(ByteText.Decode(bytes)).AsSpan().SequenceEqual(bytes)));

    [Fact]
    public void Decode_BytesFromAHostileAlphabet_EncodeGivesThemBack()
    {
        byte[] alphabet = [.. "\\x5C0aF"u8, 0, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xff];
        Check.One(Many, Prop.ForAll<byte[]>(random =>
        {
            byte[] bytes = random.Select(b => alphabet[b % alphabet.Length]).ToArray();
            return ByteText.Encode(ByteText.Decode(bytes)).AsSpan().SequenceEqual(bytes);
        }));
    }

    [Fact]
    public void Decode_ValidTextWithoutEscape_IsUnchanged() =>
        Check.One(Many, Prop.ForAll<NonNull<string>>(random =>
        {
            string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(random.Get)).Replace("\\x", "/x", StringComparison.Ordinal);
            return ByteText.Decode(Encoding.UTF8.GetBytes(text)) == text;
        }));

    [Theory]
    [InlineData("", "")]
    [InlineData("2f62696e2f7368", "/bin/sh")]
    [InlineData("c3a9", "é")]
    [InlineData("e9", "\\xE9")]
    [InlineData("5c78", "\\x5Cx")]
    [InlineData("5c", "\\")]
    [InlineData("5cff", "\\\\xFF")]
    [InlineData("610a62", "a\nb")]
    [InlineData("eda080", "\\xED\\xA0\\x80")] // a surrogate is no valid UTF-8
    public void Decode_Row_GivesText(string hex, string text)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.Equal(text, ByteText.Decode(bytes));
        Assert.Equal(bytes, ByteText.Encode(text));
    }
}
