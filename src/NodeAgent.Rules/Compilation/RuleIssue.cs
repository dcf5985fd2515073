// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Rules.Compilation;

/// <summary>What is wrong with a rule, and where.</summary>
/// <param name="RuleId">Empty for a rule that has none.</param>
/// <param name="Part">Shape: <c>message</c>, <c>uniqueId</c>, <c>exec expression</c>, or the field at fault.</param>
/// <param name="Line">Inside the part, from 1; 0 = the part as a whole.</param>
/// <param name="Column">From 1; 0 = the part as a whole.</param>
/// <param name="IsError">The rule is not judged by; else it is, and this is a remark.</param>
public sealed record RuleIssue(string RuleId, string Part, int Line, int Column, string Message, bool IsError = true)
{
    public override string ToString() => Line == 0
        ? $"{RuleId}: {Part}: {Message}"
        : string.Create(CultureInfo.InvariantCulture, $"{RuleId}: {Part}, {Line}:{Column}: {Message}");
}
