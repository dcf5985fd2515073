// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Tests;

public sealed class RulesOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(new RulesOptions().Validate());

    [Fact]
    public void Validate_EachFault_NamesItsKey()
    {
        var options = new RulesOptions
        {
            Cooldown = TimeSpan.FromSeconds(-1),
            CooldownCapacity = 1,
            AlertQueueCapacity = 0,
            MaxProcessTreeDepth = 65,
            SensitivePathPrefixes = ["etc/shadow"],
            ClusterServiceDomain = ".",
            DisabledRules = ["R9999"],
        };
        Assert.Equal(
            ["rules:cooldown", "rules:cooldownCapacity", "rules:alertQueueCapacity", "rules:maxProcessTreeDepth",
             "rules:sensitivePathPrefixes", "rules:clusterServiceDomain", "rules:disabledRules"],
            options.Validate().Select(e => e.Split(' ')[0]));
    }
}
