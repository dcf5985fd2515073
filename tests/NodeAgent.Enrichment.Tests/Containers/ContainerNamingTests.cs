// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Enrichment.Containers;

namespace NodeAgent.Enrichment.Tests.Containers;

public sealed partial class ContainerNamingTests
{
    [Theory]
    [InlineData("web", "web")]
    [InlineData("ssh.service", "ssh.service")]
    [InlineData("getty@tty1.service", "getty-tty1.service")]
    [InlineData("Demo/Web_1", "demo-web-1")]
    [InlineData("-web-", "web")]
    public void Sanitise_UsualNames_StayReadable(string name, string expected) => Assert.Equal(expected, ContainerNaming.Sanitise(name));

    [Fact]
    public void Sanitise_NamesThatLoseCharacters_DoNotFallTogether()
    {
        string[] names = ["a\\x2db", "a b", "a\nb", "é", "è", "", "///", new string('a', 300), new string('a', 301)];

        Assert.Equal(names.Length, names.Select(ContainerNaming.Sanitise).Distinct().Count());
    }

    [Fact]
    public void Sanitise_AnyName_IsValidAndStable() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll<NonNull<string>>(name =>
        {
            string clean = ContainerNaming.Sanitise(name.Get);
            return Valid().IsMatch(clean) && clean.Length <= 209 && (clean.Length > 200 || ContainerNaming.Sanitise(clean) == clean);
        }));

    [GeneratedRegex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\\z")]
    private static partial Regex Valid();
}
