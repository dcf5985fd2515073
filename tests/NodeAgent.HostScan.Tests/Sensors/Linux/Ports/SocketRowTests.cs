// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.HostScan.Sensors.Linux.Ports;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Ports;

public sealed class SocketRowTests
{
    [Theory]
    [InlineData("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0", "127.0.0.1:8080 10 1000 12345")]
    [InlineData("  42: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 999 2 00000000 0", "127.0.0.53:53 7 101 999")]
    [InlineData("   1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0", "[::]:22 10 0 7")]
    [InlineData("   1: 000080FE00000000FF005450D1A5BBFE:0222 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 1 0", "[fe80::5054:ff:febb:a5d1]:546 7 0 7")]
    [InlineData("   1: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0", "[::ffff:127.0.0.1]:80 10 0 7")]
    public void TryParse_Row_HasTheBytesInOrder(string line, string expected)
    {
        Assert.True(SocketRow.TryParse(Encoding.ASCII.GetBytes(line), out SocketRow row));
        Assert.Equal(expected, $"{new System.Net.IPEndPoint(row.LocalAddress, row.LocalPort)} {row.State} {row.Uid} {row.Inode}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("0: 0100007F:1F90")]
    [InlineData("0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 4294967296 0 1")]
    [InlineData("0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0 x")]
    [InlineData("0: 0100007:1F90 00000000:0000 0A 0:0 0:0 0 0 0 1")]
    [InlineData("0: 0100007F:11F90 00000000:0000 0A 0:0 0:0 0 0 0 1")]
    [InlineData("0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 0 0")]
    [InlineData("\u00ff\u00fe\0: : : :")]
    public void TryParse_Garbage_IsNoSocket(string line) => Assert.False(SocketRow.TryParse(Encoding.Latin1.GetBytes(line), out _));
}
