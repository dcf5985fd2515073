// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Storage.Selectors;

namespace NodeAgent.Storage.Tests.Selectors;

public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["kubescape.io/workload-kind"] = "Deployment", ["n"] = "7", ["empty"] = string.Empty };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData(" app = web , n ", true)]
    [InlineData("app!=web", false)]
    [InlineData("absent!=web", true)]
    [InlineData("app in (db,web)", true)]
    [InlineData("app in(db)", false)]
    [InlineData("app notin (db)", true)]
    [InlineData("absent notin (db)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!absent", true)]
    [InlineData("n>6", true)]
    [InlineData("n>7", false)]
    [InlineData("n<8", true)]
    [InlineData("app<8", false)]
    [InlineData("empty=", true)]
    [InlineData("app=", false)]
    [InlineData("empty in (,x)", true)]
    [InlineData("kubescape.io/workload-kind=Deployment,app=web", true)]
    [InlineData("kubescape.io/workload-kind=Deployment,app=db", false)]
    public void LabelSelector_Valid_Selects(string text, bool expected) => Assert.Equal(expected, LabelSelectorText.Parse(text).Matches(Labels));

    [Theory]
    [InlineData("a in (")]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("a,")]
    [InlineData(",a")]
    [InlineData("=b")]
    [InlineData("a=b=c")]
    [InlineData("a b")]
    [InlineData("a>x")]
    [InlineData("a=b c")]
    [InlineData("!")]
    [InlineData("-a=b")]
    [InlineData("a=-b")]
    [InlineData("a/b/c")]
    [InlineData("a=(b)")]
    public void LabelSelector_Invalid_IsRefused(string text) => Assert.Throws<FormatException>(() => LabelSelectorText.Parse(text));

    [Fact]
    public void LabelSelector_AnyText_ParsesOrIsRefused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            try
            {
                LabelSelectorText.Parse(text).Matches(Labels);
            }
            catch (FormatException)
            {
                // Refused is an answer; anything else fails.
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void LabelSelector_InAndNotIn_AreEachOthersOpposite() =>
        Prop.ForAll(Arb.From(Gen.Elements("web", "db", "x").NonEmptyListOf()), values =>
        {
            string set = string.Join(',', values);
            return LabelSelectorText.Parse($"app in ({set})").Matches(Labels) != LabelSelectorText.Parse($"app notin ({set})").Matches(Labels)
                && LabelSelectorText.Parse($"app in ({set})").Matches(Labels) == values.Contains("web");
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a,metadata.namespace=ns", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData("metadata.namespace!=other", true)]
    [InlineData("metadata.name=b", false)]
    public void FieldSelector_Valid_Selects(string text, bool expected) => Assert.Equal(expected, FieldSelectorText.Parse(text).Matches("a", "ns"));

    [Theory]
    [InlineData("metadata.name")]
    [InlineData("spec.x=1")]
    [InlineData("=a")]
    public void FieldSelector_Invalid_IsRefused(string text) => Assert.Throws<FormatException>(() => FieldSelectorText.Parse(text));

    [Theory]
    [InlineData("a", true)]
    [InlineData("a.b-c.d", true)]
    [InlineData("a..b", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("ä", false)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    public void IsSubdomain_KnowsNames(string text, bool expected) => Assert.Equal(expected, LabelSyntax.IsSubdomain(text));
}
