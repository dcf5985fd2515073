// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;

namespace NodeAgent.Rules.Alerts;

/// <summary>What alerts have alike, for those that are made of other things than events.</summary>
public static class AlertParts
{
    /// <returns>Shape: 32 hex digits, the same for the same text.</returns>
    public static string Id(string text) => AlertBuilder.Hex(AlertBuilder.Digest(text));

    /// <summary>The alert with all that is known of a unit in the place of what it said of one.</summary>
    public static RuntimeAlert Of(RuntimeAlert alert, ContainerIdentity unit) => AlertBuilder.Identify(alert, unit);

    /// <summary>The processes of a unit that led to this one. For the event loop's thread.</summary>
    public static AlertProcessTree Tree(ProcessInfo leaf, ContainerInfo container, WallClock clock) =>
        new ProcessTree(clock, RulesOptions.DefaultProcessTreeDepth).Build(leaf, container, new AlertArguments());

    /// <returns>The arguments with blanks between them, cut; null when there are none.</returns>
    public static string? CommandLine(IReadOnlyList<string> arguments) => BoundedText.CommandLine(arguments);
}
