// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Events.Files;

namespace NodeAgent.Events.Tests.Files;

public sealed class OpenFlagNamesTests
{
    [Theory]
    [InlineData(0u, "O_RDONLY")]
    [InlineData(1u, "O_WRONLY")]
    [InlineData(2u, "O_RDWR")]
    [InlineData(3u, "O_ACCMODE")]
    [InlineData(0x241u, "O_WRONLY|O_CREAT|O_TRUNC")]
    [InlineData(0x1001u, "O_WRONLY|O_DSYNC")]
    [InlineData(0x101001u, "O_WRONLY|O_SYNC")]
    [InlineData(0x100001u, "O_WRONLY")]
    [InlineData(0x80000800u, "O_RDONLY|O_NONBLOCK")]
    public void Of_Word_NamesItsFlags(uint flags, string expected) => Assert.Equal(expected, string.Join('|', OpenFlagNames.Of(flags)));

    [Fact]
    public void Of_Directory_FollowsTheMachine()
    {
        uint directory = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000u : 0x10000u;
        Assert.Equal("O_RDONLY|O_DIRECTORY", string.Join('|', OpenFlagNames.Of(directory)));
    }

    [Fact]
    public void Bits_OfOneMachine_AreDistinct()
    {
        Assert.Equal(OpenFlagNames.Bits.Count, OpenFlagNames.Bits.Select(entry => entry.Bits).Distinct().Count());
        Assert.Equal(OpenFlagNames.Bits.Count, OpenFlagNames.Bits.Select(entry => entry.Name).Distinct().Count());
        Assert.All(OpenFlagNames.Bits, entry => Assert.Equal(0u, entry.Bits & 3));
    }
}
