// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>How far what is united is generalised. Who unites a profile must use the same rules each time.</summary>
public sealed record MergeRules(PathRules Opens, PathRules Endpoints)
{
    /// <summary>Those of the learner. Source: the defaults of Kubescape's CollapseConfiguration.</summary>
    public static MergeRules Default { get; } = new(CollapseRules.Default.Opens, CollapseRules.Default.Endpoints);
}
