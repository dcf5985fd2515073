// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cli.Output;
using NodeAgent.Tests.Operations;

namespace NodeAgent.Tests.Cli;

public sealed class AgeTextTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Source: the table of HumanDuration in Kubernetes' apimachinery, whose text kubectl prints.
    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:01:59.9", "119s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("00:02:01", "2m1s")]
    [InlineData("00:09:59", "9m59s")]
    [InlineData("00:10:01", "10m")]
    [InlineData("02:59:59", "179m")]
    [InlineData("03:00:00", "3h")]
    [InlineData("03:01:00", "3h1m")]
    [InlineData("07:59:00", "7h59m")]
    [InlineData("08:59:00", "8h")]
    [InlineData("1.23:59:00", "47h")]
    [InlineData("2.00:00:00", "2d")]
    [InlineData("2.01:00:00", "2d1h")]
    [InlineData("7.23:00:00", "7d23h")]
    [InlineData("8.23:00:00", "8d")]
    [InlineData("729.23:00:00", "729d")]
    [InlineData("730.00:00:00", "2y")]
    [InlineData("735.00:00:00", "2y5d")]
    [InlineData("2919.00:00:00", "7y364d")]
    [InlineData("2920.00:00:00", "8y")]
    [InlineData("3000.00:00:00", "8y")]
    public void Since_Age_IsWhatKubectlPrints(string age, string expected)
    {
        var time = new ManualTime(Start + TimeSpan.Parse(age, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(expected, AgeText.Since("2026-03-01T12:00:00Z", time));
    }

    [Fact]
    public void Since_TimestampAhead_IsZero() => Assert.Equal("0s", AgeText.Since("2026-03-01T12:00:01Z", new ManualTime(Start)));

    [Fact]
    public void Since_OtherZone_IsTheSameMoment() => Assert.Equal("30s", AgeText.Since("2026-03-01T13:00:00+01:00", new ManualTime(Start.AddSeconds(30))));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday\u001b[31m")]
    [InlineData("2026-13-01T00:00:00Z")]
    public void Since_NoTimestamp_IsUnknown(string text) => Assert.Equal("<unknown>", AgeText.Since(text, new ManualTime(Start)));
}
