// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Tests.Generalizing;

public sealed class CollapseRulesTests
{
    [Fact]
    public void Of_NoObject_IsWhatIsBuiltIn()
    {
        (CollapseRules rules, string[] refused) = Read(null);
        Assert.Same(CollapseRules.Default, rules);
        Assert.Empty(refused);
    }

    [Fact]
    public void Of_Object_ReplacesWhatIsBuiltIn()
    {
        (CollapseRules rules, string[] refused) = Read(new CollapseConfigurationSpec
        {
            OpenDynamicThreshold = 7,
            EndpointDynamicThreshold = 1,
            CollapseConfigs = [new() { Prefix = "/data", Threshold = 3 }, new() { Prefix = "/opt" }],
        });
        Assert.Empty(refused);
        Assert.Equal([7, 3, 7, 7], ((string[])["/etc", "/data/x", "/opt", ""]).Select(rules.Opens.Thresholds.For));
        Assert.Equal(1, rules.Endpoints.Thresholds.For("/api"));
        Assert.False(rules.Executables.RecognizesNames);
    }

    [Fact]
    public void Of_ZeroAndAbsent_AreTheDefault()
    {
        (CollapseRules rules, string[] refused) = Read(new CollapseConfigurationSpec { OpenDynamicThreshold = 0 });
        Assert.Empty(refused);
        Assert.Equal((50, 100), (rules.Opens.Thresholds.For("/x"), rules.Endpoints.Thresholds.For("/x")));
    }

    [Fact]
    public void Of_Nonsense_IsRefusedByFieldAndTheRestIsUsed()
    {
        (CollapseRules rules, string[] refused) = Read(new CollapseConfigurationSpec
        {
            OpenDynamicThreshold = -1,
            EndpointDynamicThreshold = 1_000_001,
            CollapseConfigs = [new() { Prefix = "data", Threshold = 3 }, new() { Prefix = "/tmp", Threshold = -7 }, null!, new() { Prefix = "/srv", Threshold = 4 }],
        });
        Assert.Equal(
            [
                "spec.openDynamicThreshold: -1 is not between 0 and 1000000",
                "spec.endpointDynamicThreshold: 1000001 is not between 0 and 1000000",
                "spec.collapseConfigs[0].prefix: 'data' does not begin with a slash",
                "spec.collapseConfigs[1].threshold: -7 is not between 0 and 1000000",
                "spec.collapseConfigs[2].prefix: is missing",
            ],
            refused);
        Assert.Equal([50, 50, 4], ((string[])["/data", "/tmp", "/srv"]).Select(rules.Opens.Thresholds.For));
        Assert.Equal(100, rules.Endpoints.Thresholds.For("/"));
    }

    private static (CollapseRules Rules, string[] Refused) Read(CollapseConfigurationSpec? spec)
    {
        var refused = new List<string>();
        CollapseRules rules = CollapseRules.Of(spec is null ? null : new CollapseConfiguration { Spec = spec }, (field, problem) => refused.Add($"{field}: {problem}"));
        return (rules, [.. refused]);
    }
}
