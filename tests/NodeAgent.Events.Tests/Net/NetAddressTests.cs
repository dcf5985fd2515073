// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;

namespace NodeAgent.Events.Tests.Net;

public sealed class NetAddressTests
{
    [Theory]
    [InlineData("1.2.3.4")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::8a2e:370:7334")]
    [InlineData("fe80::1")]
    public void TryParse_CanonicalText_ComesBackTheSame(string text)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));

        Assert.Equal(text, address.ToString());
        Assert.Equal(IPAddress.Parse(text), address.ToIPAddress());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.4/32")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::1/128")]
    [InlineData(":::")]
    [InlineData("example.com")]
    public void TryParse_NoPlainAddress_IsFalse(string text) => Assert.False(NetAddress.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("192.169.0.0", false)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.64.0.0", true)]
    [InlineData("100.127.255.255", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("127.1.2.3", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("fc00::1", true)]
    [InlineData("fdff::1", true)]
    [InlineData("fe00::1", false)]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("::1", true)]
    [InlineData("2001:db8::1", false)]
    public void IsPrivate_Row_IsAsTheRfcsSay(string text, bool expected)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));

        Assert.Equal(expected, address.IsPrivate);
    }

    [Fact]
    public void FromWire_MappedAddress_IsItsIPv4Address()
    {
        Bytes16 bytes = default;
        Span<byte> span = bytes;
        IPAddress.Parse("::ffff:10.1.2.3").TryWriteBytes(span, out _);

        NetAddress address = NetAddress.FromWire(10, bytes);

        Assert.False(address.IsV6);
        Assert.Equal("10.1.2.3", address.ToString());
    }

    [Fact]
    public void FromWire_BothFamilies_ReadNetworkOrder()
    {
        Bytes16 bytes = default;
        Span<byte> span = bytes;
        new byte[] { 192, 0, 2, 1 }.CopyTo(span);
        Assert.Equal("192.0.2.1", NetAddress.FromWire(2, bytes).ToString());

        IPAddress.Parse("2001:db8::2").TryWriteBytes(span, out _);
        Assert.Equal("2001:db8::2", NetAddress.FromWire(10, bytes).ToString());
    }

    [Fact]
    public void IsLoopback_OfBothFamilies_IsTrueOnlyThere()
    {
        Assert.True(NetAddress.TryParse("127.8.9.1", out NetAddress v4) && v4.IsLoopback);
        Assert.True(NetAddress.TryParse("::1", out NetAddress v6) && v6.IsLoopback);
        Assert.True(NetAddress.TryParse("::2", out NetAddress other) && !other.IsLoopback);
        Assert.True(NetAddress.TryParse("0.0.0.1", out NetAddress one) && !one.IsLoopback);
    }

    [Fact]
    public void CompareTo_MixedFamilies_PutsIPv4First()
    {
        Assert.True(NetAddress.TryParse("255.0.0.0", out NetAddress v4));
        Assert.True(NetAddress.TryParse("::1", out NetAddress v6));

        Assert.True(v4 < v6);
        Assert.True(v6 >= v4);
        Assert.False(NetAddress.TryFromBytes([1, 2, 3], out _));
    }
}
