// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Compilation;

/// <summary>Where a rule applies, by its tags.</summary>
/// <remarks>
/// <c>context:kubernetes</c> and <c>context:container</c> are containers of any runtime, and units of which it is not known yet what they are;
/// <c>context:standalone</c> adds systemd units and cgroups, <c>context:host</c> what is in no unit. Without any of them: containers.
/// </remarks>
internal static class RuleScopeTags
{
    private const string Prefix = "context:";

    public static RuleScopes Of(IEnumerable<string> tags)
    {
        RuleScopes scopes = RuleScopes.None;
        foreach (string tag in tags)
        {
            scopes |= tag switch
            {
                Prefix + "kubernetes" or Prefix + "container" => RuleScopes.Container,
                Prefix + "standalone" => RuleScopes.Cgroup | RuleScopes.SystemdUnit,
                Prefix + "host" => RuleScopes.Host,
                _ => RuleScopes.None,
            };
        }

        return scopes == RuleScopes.None ? RuleScopes.Container : scopes;
    }
}
