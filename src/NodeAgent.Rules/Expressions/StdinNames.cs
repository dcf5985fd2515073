// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>What descriptor 0 is, in the words of rules.</summary>
internal static class StdinNames
{
    private static readonly CelText[] Names = [.. new[] { "unknown", "closed", "file", "pipe", "socket", "tty", "other" }.Select(CelText.Of)];

    public static CelText Of(StdinType type) => (uint)type < (uint)Names.Length ? Names[(int)type] : Names[0];
}
