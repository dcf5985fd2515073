// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Falco;

/// <summary>A condition as it is written.</summary>
internal abstract record FalcoExpression;

internal sealed record FalcoRow(bool IsAnd, IReadOnlyList<FalcoExpression> Parts) : FalcoExpression;

internal sealed record FalcoNot(FalcoExpression Part) : FalcoExpression;

internal sealed record FalcoMacro(string Name) : FalcoExpression;

/// <param name="Operator">Shape: <c>startswith</c>, or <c>startswith anyof</c>.</param>
/// <param name="Values">What the field is compared with; empty where the other side is a field, and for <c>exists</c>.</param>
internal sealed record FalcoCheck(FalcoField Field, string Operator, IReadOnlyList<FalcoValue> Values, FalcoField? Other) : FalcoExpression;

/// <param name="Argument">What stands in brackets.</param>
/// <param name="Transformers">The innermost first.</param>
internal sealed record FalcoField(string Name, string? Argument, IReadOnlyList<string> Transformers)
{
    public override string ToString() => Transformers.Aggregate(Argument is null ? Name : $"{Name}[{Argument}]", (inner, name) => $"{name}({inner})");
}

/// <param name="IsQuoted">Then it is no name of a list.</param>
internal sealed record FalcoValue(string Text, bool IsQuoted);
