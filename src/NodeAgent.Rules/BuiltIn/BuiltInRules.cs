// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>The rules that are compiled in.</summary>
public static class BuiltInRules
{
    /// <summary>Shape: the ids, in order.</summary>
    public static ImmutableArray<string> Ids { get; } = [.. Create(new RulesOptions()).Select(r => r.Descriptor.Id)];

    /// <summary>All of them, the disabled ones too: the engine leaves those out.</summary>
    public static IReadOnlyList<IRule> Create(RulesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            new UnexpectedProcessRule(),
            new UnexpectedDomainRule(options.ClusterServiceDomain),
            new SensitiveFileRule([.. options.SensitivePathPrefixes]),
            new UnexpectedEgressRule(options.IncludePrivateAddresses),
            new ShmExecutionRule(),
            new DriftedBinaryRule(),
            new FilelessExecutionRule(options.RuntimeExecutables),
        ];
    }
}
