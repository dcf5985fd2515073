// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using NodeAgent.Events.Capabilities;

namespace NodeAgent.Events.Tests.Capabilities;

public sealed partial class CapabilityNamesTests
{
    private const string Header = "/usr/include/linux/capability.h";

    [Fact]
    public void All_AreThoseOfTheKernelsHeader()
    {
        Assert.SkipUnless(File.Exists(Header), $"{Header} is not installed");
        (string Name, int Number)[] defined = [.. Definition().Matches(File.ReadAllText(Header))
            .Select(match => (match.Groups[1].Value, int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)))];
        Assert.Equal(defined.OrderBy(one => one.Number).Select(one => one.Name), CapabilityNames.All);
    }

    [Theory]
    [InlineData(0, "CHOWN")]
    [InlineData(40, "CHECKPOINT_RESTORE")]
    [InlineData(41, "41")]
    [InlineData(63, "63")]
    public void Of_AndBack_IsTheNumber(int number, string name)
    {
        Assert.Equal(name, CapabilityNames.Of(number));
        Assert.Equal(number, CapabilityNames.NumberOf(name));
    }

    [Theory]
    [InlineData("CAP_SYS_ADMIN", 21)]
    [InlineData("cap_sys_admin", 21)]
    [InlineData("sys_admin", 21)]
    [InlineData("", -1)]
    [InlineData("CAP_", -1)]
    [InlineData("0", -1)] // it has a name
    [InlineData("64", -1)]
    [InlineData("-1", -1)]
    [InlineData("SYS_ADMIN ", -1)]
    public void NumberOf_OtherSpellings_AreTakenOrRefused(string name, int expected) => Assert.Equal(expected, CapabilityNames.NumberOf(name));

    [GeneratedRegex(@"^#define CAP_([A-Z_]+)\s+(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Definition();
}
