// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>How far what is united is generalised.</summary>
/// <param name="Version">Another one for other rules: what was made normal by these is not by those.</param>
public sealed record MergeRules(CollapseRules Collapse, string Version)
{
    /// <summary>Those of the learner, where nobody says otherwise.</summary>
    public static MergeRules Default { get; } = new(CollapseRules.Default, "default");

    /// <summary>The same, but files that stay as they are.</summary>
    /// <param name="version">Of these files. Shape: without blanks.</param>
    public MergeRules With(LiteralPaths files, string version) =>
        new(Collapse with { Opens = Collapse.Opens with { Literals = files } }, $"{Version}+{version}");
}
