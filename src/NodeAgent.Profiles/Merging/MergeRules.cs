// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>How far what is united is generalised.</summary>
/// <param name="Version">Another one for other rules: what was made normal by these is not by those.</param>
public sealed record MergeRules(CollapseRules Collapse, string Version)
{
    /// <summary>Those of the learner, where nobody says otherwise.</summary>
    public static MergeRules Default { get; } = new(CollapseRules.Default, "default");
}
