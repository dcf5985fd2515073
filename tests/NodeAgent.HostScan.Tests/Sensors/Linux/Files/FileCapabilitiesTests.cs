// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Sensors.Linux.Files;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Files;

public sealed class FileCapabilitiesTests
{
    [Theory]
    [InlineData("01000001 00200000 00000000", "NET_RAW", "", true, null)]
    [InlineData("01000002 00200000 00000000 00000000 00000000", "NET_RAW", "", true, null)]
    [InlineData("00000002 01000000 02000000 00010000 00000000", "CHOWN,CHECKPOINT_RESTORE", "DAC_OVERRIDE", false, null)]
    [InlineData("01000003 00000020 00000000 00000000 00000000 e8030000", "AUDIT_WRITE", "", true, 1000L)]
    [InlineData("01000002 00000000 00000000 00000080 00000000", "63", "", true, null)]
    public void TryParse_Attribute_HasNames(string hex, string permitted, string inheritable, bool isEffective, long? rootUid)
    {
        Assert.True(FileCapabilities.TryParse(Bytes(hex), out FileCapabilities capabilities));
        HostFileCapabilities described = capabilities.Described();

        Assert.Equal((permitted, inheritable), (string.Join(',', described.Permitted!), string.Join(',', described.Inheritable!)));
        Assert.Equal((isEffective, rootUid), (described.Effective, described.RootUid));
    }

    [Theory]
    [InlineData("")]
    [InlineData("010000")]
    [InlineData("01000002")]
    [InlineData("01000002 00200000 00000000")]
    [InlineData("01000003 00200000 00000000 00000000 00000000")]
    [InlineData("01000004 00200000 00000000 00000000 00000000")]
    [InlineData("01000001 00200000 00000000 00000000 00000000")]
    public void TryParse_WhatIsNoSuchAttribute_IsNone(string hex) => Assert.False(FileCapabilities.TryParse(Bytes(hex), out _));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
