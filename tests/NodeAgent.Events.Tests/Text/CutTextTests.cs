// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;

namespace NodeAgent.Events.Tests.Text;

public sealed class CutTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abc", 2, "a…")]
    [InlineData("abc", 1, "…")]
    [InlineData("", 1, "")]
    [InlineData("a\U0001F600b", 3, "a…")] // a pair is not halved
    [InlineData("a\U0001F600bc", 4, "a\U0001F600…")]
    public void Marked_Text_IsNoLongerAndSaysThatItWasCut(string text, int most, string expected) => Assert.Equal(expected, CutText.Marked(text, most));

    [Fact]
    public void Start_Nothing_IsEmpty() => Assert.True(CutText.Start("abc", 0).IsEmpty);
}
