// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Pipeline;

/// <summary>The rules as they are at the start: they say which sensors are loaded.</summary>
internal sealed class RuleStart
{
    private RuleStart(RuleFolder? folder, IReadOnlyList<RuleEventType> judged) => (Folder, Judged) = (folder, judged);

    /// <summary>Read once; null = no folder is set.</summary>
    public RuleFolder? Folder { get; }

    /// <summary>The event types that rules look at.</summary>
    public IReadOnlyList<RuleEventType> Judged { get; }

    public static RuleStart Read(AgentOptions options)
    {
        RuleSettings settings = options.Rules;
        RuleFolder? folder = settings.Path.Length == 0 ? null : new RuleFolder(settings.Path);
        folder?.Read();

        // A cluster has the library's rules as objects of its own; they are not waited for.
        bool usesLibrary = settings.Library || (settings.Cluster && KubernetesAccess.IsNamed(options.Kubernetes));
        RuleEventType[] judged = [.. RuleFeed.Select(folder?.Documents ?? RuleDocuments.None, RuleDocuments.None, usesLibrary, new List<RuleIssue>())
            .Where(rule => (rule.Enabled || settings.Enabled.Contains(rule.Id)) && !settings.Disabled.Contains(rule.Id))
            .SelectMany(rule => rule.Expressions?.RuleExpression ?? [])
            .Select(expression => RuleEventTypes.TryParse(expression.EventType, out RuleEventType type) ? type : (RuleEventType?)null)
            .OfType<RuleEventType>()
            .Distinct()];
        return new RuleStart(folder, judged);
    }
}
