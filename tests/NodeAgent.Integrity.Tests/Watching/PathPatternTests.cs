// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Tests.Watching;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/etc", "/etc", true)]
    [InlineData("/etc", "/etc/ssh/sshd_config", true)]
    [InlineData("/etc/", "/etc/passwd", true)]
    [InlineData("//etc//ssh", "/etc/ssh/x", true)]
    [InlineData("/etc", "/etcetera", false)]
    [InlineData("/etc", "/", false)]
    [InlineData("/etc/passwd", "/etc", false)]
    [InlineData("/", "/anything/at/all", true)]
    [InlineData("/", "/", true)]
    [InlineData("/home/*/.ssh", "/home/ada/.ssh/authorized_keys", true)]
    [InlineData("/home/*/.ssh", "/home/ada/.ssh", true)]
    [InlineData("/home/*/.ssh", "/home/ada/x/.ssh", false)]
    [InlineData("/home/*/.ssh", "/home/ada", false)]
    [InlineData("/etc/*.conf", "/etc/a.conf", true)]
    [InlineData("/etc/*.conf", "/etc/a.conf.d", false)]
    [InlineData("/etc/*.conf", "/etc/.conf", true)]
    [InlineData("/e*c/p*w*d", "/etc/passwd", true)]
    [InlineData("/e*c/p*w*d", "/etc/passwd-", false)]
    [InlineData("/a**b", "/ab", true)]
    [InlineData("/*", "/x", true)]
    [InlineData("/*", "x", false)]
    [InlineData("/", "unnamed:", false)]
    [InlineData("/*", "", false)]
    public void Covers_Path_AsItSays(string pattern, string path, bool covers) => Assert.Equal(covers, PathPattern.Parse(pattern).Covers(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void Covers_NameThatIsNoText_IsOneByItsEscapes() => Assert.True(PathPattern.Parse("/etc/\\xFFa").Covers([.. "/etc/"u8, 0xFF, (byte)'a']));

    [Theory]
    [InlineData("etc")]
    [InlineData("")]
    [InlineData("/etc/../shadow")]
    [InlineData("/etc/./x")]
    [InlineData("/a\0b")]
    public void Parse_NoAbsolutePath_Throws(string text) => Assert.Throws<FormatException>(() => PathPattern.Parse(text));

    [Theory]
    [InlineData("/home/*/.ssh", "/home", true)]
    [InlineData("/home/*/.ssh", "/home/ada", true)]
    [InlineData("/home/*/.ssh", "/home/ada/.ssh/deep/er", true)]
    [InlineData("/home/*/.ssh", "/home/ada/.cache", false)]
    [InlineData("/etc", "/", true)]
    [InlineData("/etc", "/var", false)]
    public void MayReach_Folder_WhetherSomethingBelowMayBeCovered(string pattern, string folder, bool may) =>
        Assert.Equal(may, PathPattern.Parse(pattern).MayReach(Encoding.UTF8.GetBytes(folder)));

    [Theory]
    [InlineData("/home/*/.ssh", "/home")]
    [InlineData("/*", "/")]
    [InlineData("/etc/a*", "/etc")]
    [InlineData("/etc", "/etc")]
    public void Root_Pattern_IsTheFolderBeforeTheFirstStar(string pattern, string root) => Assert.Equal(root, PathPattern.Parse(pattern).Root);

    // A pattern comes from a person, a path from an attacker: neither may make the loop slow.
    [Fact]
    public void Covers_ManyStarsAndALongName_EndsSoon()
    {
        PathPattern pattern = PathPattern.Parse("/" + string.Concat(Enumerable.Repeat("*a", 120)) + "b");

        Assert.False(pattern.Covers(Encoding.UTF8.GetBytes("/" + new string('a', 4000))));
    }
}
