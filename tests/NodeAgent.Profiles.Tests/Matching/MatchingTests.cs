// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Matching;

public sealed class MatchingTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("/a", "", false)]
    [InlineData("", "/a", false)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a/", "/a", true)]
    [InlineData("/a", "/a/", true)]
    [InlineData("/a", "/A", false)]
    [InlineData("/", "/", true)]
    [InlineData("*", "/", true)]
    [InlineData("*", "/a/b", true)]
    [InlineData("/*", "/", false)]
    [InlineData("/*", "/a/b", true)]
    [InlineData("/etc/*", "/etc", false)]
    [InlineData("/etc/*", "/etc/a", true)]
    [InlineData("/etc/*", "/etc/a/b/c", true)]
    [InlineData("/etc/*", "/etcetera/a", false)]
    [InlineData("/a/*/b", "/a/b", true)]
    [InlineData("/a/*/b", "/a/x/y/b", true)]
    [InlineData("/a/*/b", "/a/x/y/c", false)]
    [InlineData("/a/*/*/b", "/a/b", true)]
    [InlineData("/a/*/*", "/a", false)]
    [InlineData("/a/*/*", "/a/b", true)]
    [InlineData("/a/*/b/*", "/a/b/b", true)]
    [InlineData("/a/*/b/*", "/a/b", false)]
    [InlineData("/a/*/b/c", "/a/b/x/b/c", true)]
    [InlineData("/proc/⋯/stat", "/proc/12/stat", true)]
    [InlineData("/proc/⋯/stat", "/proc/stat", false)]
    [InlineData("/proc/⋯", "/proc/1/2", false)]
    [InlineData("/a/⋯", "/a/", false)]
    [InlineData("/a/*⋯", "/a/x", false)]
    public void DynamicPath_Vector_Matches(string pattern, string path, bool expected)
    {
        Assert.Equal(expected, DynamicPath.Matches(pattern, path));
        Assert.Equal(expected, Reference.Path(pattern, path));
    }

    [Fact]
    public void DynamicPath_AnyPatternAndPath_AgreesWithReference() => Property.ForSeeds(random =>
    {
        for (int i = 0; i < 20; i++)
        {
            string pattern = RandomPath(random, ["a", "b", "*", "⋯", "*", ""]);
            string path = RandomPath(random, ["a", "b", "a", ""]);
            Assert.True(Reference.Path(pattern, path) == DynamicPath.Matches(pattern, path), $"{pattern} {path}");
            Assert.Equal(Reference.Path(pattern, path), DynamicPath.Matches(Encoding.UTF8.GetBytes(pattern).AsSpan(), Encoding.UTF8.GetBytes(path)));
        }
    });

    [Fact]
    public void PathIndex_AnyEntries_AgreesWithReference() => Property.ForSeeds(random =>
    {
        string[] entries = [.. Enumerable.Range(0, 6).Select(_ => "/" + string.Join('/', Pick(random, ["a", "b", "*", "⋯"])))];
        var index = new PathIndex<int>(entries.Select(e => (e, 0)), (x, _) => x);
        for (int i = 0; i < 20; i++)
        {
            string path = "/" + string.Join('/', Pick(random, ["a", "b"]));
            bool expected = entries.Any(e => Reference.Path(e, path));
            Assert.True(expected == index.Any(Encoding.UTF8.GetBytes(path), 0, (_, _) => true), $"{string.Join(' ', entries)}: {path}");
        }
    });

    [Theory]
    [InlineData("cat|/etc/hostname", "cat|/etc/hostname", true)]
    [InlineData("cat", "cat|x", false)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData("⋯⋯", "", true)]
    [InlineData("⋯⋯", "a|b|c", true)]
    [InlineData("a|⋯⋯|c", "a|c", true)]
    [InlineData("a|⋯⋯|c", "a|b|c|c", true)]
    [InlineData("a|⋯|c", "a|b|c", true)]
    [InlineData("a|⋯", "a", false)]
    [InlineData("/x/⋯/z", "/x/y/z", true)]
    [InlineData("/x/⋯/z", "/x/y/y/z", false)]
    [InlineData("*", "a", false)]
    [InlineData("*", "*", true)]
    public void ExecArguments_Vector_Matches(string pattern, string arguments, bool expected)
    {
        Assert.Equal(expected, ExecArguments.Matches(Split(pattern), true, Split(arguments)));
        Assert.Equal(expected, Reference.Arguments(Split(pattern), Split(arguments)));
        Assert.True(ExecArguments.Matches(Split(pattern), false, Split(arguments)));
    }

    [Fact]
    public void ExecArguments_AnyLists_AgreeWithReference() => Property.ForSeeds(random =>
    {
        for (int i = 0; i < 20; i++)
        {
            string[] pattern = Pick(random, ["a", "b", "⋯", "⋯⋯", "a/⋯", "⋯/b"]);
            string[] arguments = Pick(random, ["a", "b", "a/b", "b/b"]);
            Assert.Equal(Reference.Arguments(pattern, arguments), ExecArguments.Matches(pattern, true, arguments));
        }
    });

    [Theory]
    [InlineData("example.com.", "EXAMPLE.com", true)]
    [InlineData("example.com", "example.com.", true)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", false)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("example.*", "example.com", true)]
    [InlineData("example.*", "example.co.uk", true)]
    [InlineData("example.*", "example", false)]
    [InlineData("a.⋯.c", "a.b.c", true)]
    [InlineData("a.⋯.c", "a.b.b.c", false)]
    [InlineData("a.*.c", "a.b.c", false)]
    [InlineData("**.com", "a.com", false)]
    [InlineData("**", "a", false)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    public void DomainName_Vector_Matches(string pattern, string name, bool expected)
    {
        Assert.Equal(expected, DomainName.Matches(pattern, name));
        Assert.Equal(expected, Reference.Domain(pattern, name));
    }

    [Fact]
    public void DomainName_AnyNames_AgreeWithReference() => Property.ForSeeds(random =>
    {
        for (int i = 0; i < 20; i++)
        {
            string pattern = string.Join('.', Pick(random, ["a", "b", "*", "⋯", "**"]));
            string name = string.Join('.', Pick(random, ["a", "B", "b"]));
            Assert.True(Reference.Domain(pattern, name) == DomainName.Matches(pattern, name), $"{pattern} {name}");
        }
    });

    [Theory]
    [InlineData("*", "1.2.3.4", true)]
    [InlineData("*", "::1", true)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("2001:db8:0:0::1", "2001:db8::1", true)]
    [InlineData("10.0.0.0/8", "10.9.9.9", true)]
    [InlineData("10.0.0.0/8", "11.9.9.9", false)]
    [InlineData("0.0.0.0/0", "1.1.1.1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "1.1.1.1", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::", true)]
    public void AddressPattern_Vector_Matches(string pattern, string address, bool expected)
    {
        Assert.True(AddressPattern.TryParse(pattern, out AddressPattern parsed));
        Assert.True(NetAddress.TryParse(address, out NetAddress value));
        Assert.Equal(expected, parsed.Matches(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    public void AddressPattern_Garbage_IsRefused(string text) => Assert.False(AddressPattern.TryParse(text, out _));

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split('|');

    private static string[] Pick(Random random, string[] from) => [.. Enumerable.Range(0, random.Next(6)).Select(_ => from[random.Next(from.Length)])];

    private static string RandomPath(Random random, string[] from) => random.Next(10) == 0 ? string.Join('/', Pick(random, from)) : "/" + string.Join('/', Pick(random, from));

    // Slow and obvious: recursion over lists of segments, arguments and labels.
    private static class Reference
    {
        public static bool Path(string pattern, string path) => pattern.Length > 0 && path.Length > 0
            && Segments([.. pattern.TrimEnd('/').Split('/')], [.. path.TrimEnd('/').Split('/')]);

        public static bool Arguments(string[] pattern, string[] arguments) =>
            pattern.Length == 0 ? arguments.Length == 0
            : pattern[0] == "⋯⋯" ? Enumerable.Range(0, arguments.Length + 1).Any(n => Arguments(pattern[1..], arguments[n..]))
            : arguments.Length > 0 && Argument(pattern[0], arguments[0]) && Arguments(pattern[1..], arguments[1..]);

        public static bool Domain(string pattern, string name)
        {
            string[] labels = pattern.TrimEnd('.').ToLowerInvariant().Split('.');
            string[] actual = name.TrimEnd('.').ToLowerInvariant().Split('.');
            if (pattern.Contains("**", StringComparison.Ordinal) || pattern.Length == 0 || name.Length == 0)
            {
                return false;
            }

            bool trailing = labels.Length > 1 && labels[^1] == "*";
            int fixedCount = trailing ? labels.Length - 1 : labels.Length;
            return (trailing ? actual.Length > fixedCount : actual.Length == fixedCount)
                && Enumerable.Range(0, fixedCount).All(i => labels[i] == "⋯" || (labels[i] == "*" && i == 0) || labels[i] == actual[i]);
        }

        private static bool Argument(string pattern, string argument)
        {
            string[] left = pattern.Split('/');
            string[] right = argument.Split('/');
            return pattern == "⋯" || pattern == argument
                || (left.Length == right.Length && left.Zip(right).All(pair => pair.First == "⋯" || pair.First == pair.Second));
        }

        private static bool Segments(string[] pattern, string[] path) =>
            pattern.Length == 0 ? path.Length == 0
            : pattern[0] == "*" && pattern.All(s => s == "*") ? path.Length >= 1
            : pattern[0] == "*" ? Enumerable.Range(0, path.Length + 1).Any(n => Segments(pattern[1..], path[n..]))
            : path.Length > 0 && (pattern[0] == "⋯" || pattern[0] == path[0]) && Segments(pattern[1..], path[1..]);
    }
}
