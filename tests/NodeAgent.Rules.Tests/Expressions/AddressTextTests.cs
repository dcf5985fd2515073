// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Tests.Expressions;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.96.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("fe80::1:0:0:1")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Write_Address_IsTheCanonicalText(string text)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));
        byte[] room = new byte[AddressText.MaxLength];

        Assert.Equal(address.ToString(), Encoding.ASCII.GetString(room, 0, AddressText.Write(address, room)));
    }
}
