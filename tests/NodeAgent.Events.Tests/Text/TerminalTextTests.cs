// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Events.Text;

namespace NodeAgent.Events.Tests.Text;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/usr/bin/café 漢字 😀", "/usr/bin/café 漢字 😀")]
    [InlineData("a\nb\r\t", "a\\nb\\r\\t")]
    [InlineData("\u001b[31mred", "\\x1B[31mred")]
    [InlineData("\u007f\u009b2J", "\\x7F\\x9B2J")]
    [InlineData("a\0b", "a\\x00b")]
    [InlineData("evil\u202egpj.exe", "evil\\u{202E}gpj.exe")]
    [InlineData("\u2066x\u2069\u200b\ufeff", "\\u{2066}x\\u{2069}\\u{200B}\\u{FEFF}")]
    [InlineData("\u2028\u2029\u061c", "\\u{2028}\\u{2029}\\u{61C}")]
    [InlineData("\U000E0041", "\\u{E0041}")]
    public void Escape_Row_ShowsWhatIsThere(string text, string expected) => Assert.Equal(expected, TerminalText.Escape(text));

    [Fact]
    public void Escape_LoneSurrogate_IsShown()
    {
        string text = new(['a', '\ud800', 'b']);

        Assert.Equal("a\\u{D800}b", TerminalText.Escape(text));
    }

    [Fact]
    public void Escape_HarmlessText_IsTheSameInstance()
    {
        string text = new("plain".ToCharArray());

        Assert.Same(text, TerminalText.Escape(text));
    }

    [Fact]
    public void Escape_AnyText_HasNoControlLeftAndIsStable() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll<NonNull<string>>(random =>
        {
            string escaped = TerminalText.Escape(random.Get);
            return !escaped.Any(char.IsControl) && TerminalText.Escape(escaped) == escaped;
        }));
}
