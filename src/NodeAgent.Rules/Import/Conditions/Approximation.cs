// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Conditions;

/// <summary>How far a question means something else than the one it was made of.</summary>
internal sealed record Approximation(ImportRemarkKind Kind, string Message)
{
    /// <summary>The same behind a <c>not</c>: what is more becomes less.</summary>
    public Approximation Negated => Kind switch
    {
        ImportRemarkKind.MeansLess => this with { Kind = ImportRemarkKind.MeansMore },
        ImportRemarkKind.MeansMore => this with { Kind = ImportRemarkKind.MeansLess },
        _ => this,
    };
}
