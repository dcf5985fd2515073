// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Tests.Compilation;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData(">=0.3.0", "v0.3.158", true)]
    [InlineData(">= 0.4", "0.3.158", false)]
    [InlineData(">=0.3.0, <0.4", "0.3.158", true)]
    [InlineData(">=0.3.0 <0.3.100", "0.3.158", false)]
    [InlineData("<0.2 || >0.3", "0.2.9", false)]
    [InlineData("<0.2 || >=0.3", "0.3.0", true)]
    [InlineData("~1.2.3", "1.2.9", true)]
    [InlineData("~1.2.3", "1.3.0", false)]
    [InlineData("^1.2.3", "1.9.0", true)]
    [InlineData("^1.2.3", "2.0.0", false)]
    [InlineData("^0.2.3", "0.3.0", false)]
    [InlineData("1.x", "1.7.2", true)]
    [InlineData("*", "9.9.9", true)]
    [InlineData("!=1.2.3", "1.2.3", false)]
    [InlineData("=1.2.3-rc.1", "1.2.3", true)]
    public void Holds_Version_IsAsTheRangeSays(string range, string version, bool holds)
    {
        Assert.True(VersionRange.TryParse(range, out VersionRange? parsed));
        Assert.Equal(holds, parsed.Holds(version));
    }

    [Theory]
    [InlineData("newest")]
    [InlineData(">=")]
    [InlineData("1.2.3.4")]
    public void TryParse_Nonsense_IsRefused(string range) => Assert.False(VersionRange.TryParse(range, out _));
}
