// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.Tests.Meta;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData(" 1h30m ", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("250ms", 0.25)]
    [InlineData("7d", 604800)]
    [InlineData("0s", 0)]
    public void TryParse_Duration_IsRead(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan value, out string? problem));
        Assert.Equal((TimeSpan.FromSeconds(seconds), null), (value, problem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("-5s")]
    [InlineData("1.2.3s")]
    [InlineData("5 s")]
    [InlineData("5us")]
    [InlineData("s")]
    [InlineData("3651d")]
    [InlineData("99999999999999999999999999999999999999999999h")]
    public void TryParse_AnythingElse_SaysWhatWasExpected(string text)
    {
        Assert.False(DurationText.TryParse(text, out TimeSpan value, out string? problem));
        Assert.Equal(TimeSpan.Zero, value);
        Assert.NotEmpty(problem!);
    }
}
