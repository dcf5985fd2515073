// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Compilation;

/// <summary>Looks at rules without an engine: what is wrong with them, and what they cost.</summary>
public sealed class RuleCheck
{
    private readonly RuleEnvironment _environment = new(new EventScope(new RulesOptions(), new RuleContext(new NoProfiles()), peers: null));

    /// <summary>Everything that is wrong, and remarks.</summary>
    /// <param name="rules">Those that are not enabled are looked at too.</param>
    /// <param name="exceptions">They may also name rules of the library; null = none.</param>
    public IReadOnlyList<RuleIssue> Check(IReadOnlyList<RuntimeRule> rules, IReadOnlyList<RuntimeRuleAlertBinding> bindings, IReadOnlyList<RuleException>? exceptions = null)
    {
        var issues = new List<RuleIssue>(rules.GroupBy(rule => rule.Id ?? string.Empty).Where(group => group.Count() > 1).Select(group =>
            new RuleIssue(group.Key, "id", 0, 0, $"is there {group.Count()} times", IsError: false)));

        // Each for itself: the same id may be in several objects.
        issues.AddRange(rules.SelectMany(rule => new RuleCompiler(_environment, string.Empty).Compile([rule], BindingSet.Everywhere, [rule]).Issues));
        issues.AddRange(new BindingSet(bindings).Issues);
        issues.AddRange(ExceptionSet.Of(exceptions ?? [], [], [.. rules, .. RuleLibrary.Rules], _environment.Cel, labelsOfNamespace: null).Issues);
        return issues;
    }

    /// <summary>The steps that the rule's expressions take at most, by estimate; of the dearest type of event.</summary>
    /// <returns>Null when it does not compile.</returns>
    public long? MostSteps(RuntimeRule rule)
    {
        long most = 0;
        foreach (RuleExpression expression in rule.Expressions?.RuleExpression ?? [])
        {
            if (!_environment.Cel.TryCompile(expression.Expression ?? string.Empty, CelType.Bool, out CelProgram? program, out _))
            {
                return null;
            }

            most = Math.Max(most, program.Cost.Most);
        }

        return most;
    }

    private sealed class NoProfiles : IProfileLookup
    {
        public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
        {
            view = null;
            return false;
        }
    }
}
