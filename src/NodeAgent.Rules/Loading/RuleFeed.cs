// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;

namespace NodeAgent.Rules.Loading;

/// <summary>Brings together what the library, a folder and a cluster say, and gives it to an engine whole. Any thread.</summary>
/// <remarks>
/// A rule of the folder takes the place of the library's of the same id, also to switch it off. Where the cluster has rules, the library's are left out:
/// it is then the cluster's copy that holds.
/// </remarks>
public sealed class RuleFeed(RuleEngine engine, bool useLibrary, ILogger<RuleFeed> logger, IReadOnlyList<RuleEventType>? toldOf = null)
{
    private readonly Lock _lock = new();
    private RuleDocuments _folder = RuleDocuments.None;
    private RuleDocuments _cluster = RuleDocuments.None;
    private IReadOnlyList<RuleIssue> _folderIssues = [];
    private Func<string, IReadOnlyDictionary<string, string>?>? _labelsOfNamespace;

    /// <summary>What is judged by now.</summary>
    public RuleSet Current => engine.Current;

    public void UseFolder(RuleDocuments documents, IReadOnlyList<RuleIssue> issues)
    {
        lock (_lock)
        {
            (_folder, _folderIssues) = (documents, issues);
            Apply();
        }
    }

    /// <param name="labelsOfNamespace">Null = they are not known.</param>
    /// <returns>The set that was made of it.</returns>
    public RuleSet UseCluster(RuleDocuments documents, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
    {
        lock (_lock)
        {
            (_cluster, _labelsOfNamespace) = (documents, labelsOfNamespace);
            return Apply();
        }
    }

    /// <summary>The rules that would be judged by.</summary>
    public static IReadOnlyList<RuntimeRule> Select(RuleDocuments folder, RuleDocuments cluster, bool useLibrary, List<RuleIssue> issues)
    {
        RulesObject[] objects = [.. folder.Rules, .. cluster.Rules];
        HashSet<string> named = [.. objects.SelectMany(one => one.Spec?.Rules ?? []).Select(rule => rule?.Id ?? string.Empty)];
        IEnumerable<RuntimeRule> library = useLibrary && cluster.Rules.Count == 0 ? RuleLibrary.Rules.Where(rule => !named.Contains(rule.Id!)) : [];
        return [.. library, .. RuleMerge.Merge(objects, issues)];
    }

    private RuleSet Apply()
    {
        var issues = new List<RuleIssue>(_folderIssues);
        IReadOnlyList<RuntimeRule> rules = Select(_folder, _cluster, useLibrary, issues);
        foreach (RuleIssue issue in issues)
        {
            Log.RuleRemark(logger, issue.ToString());
        }

        RuleSet set = engine.Compile(
            rules, new BindingSet([.. _folder.Bindings, .. _cluster.Bindings], _labelsOfNamespace), [.. _folder.Exceptions, .. _cluster.Exceptions], _labelsOfNamespace);
        engine.Use(set);
        Log.RulesRead(logger, set.Rules.Count, set.FailedCount);
        foreach (RuleEventType type in set.EventTypes.Where(type => type != RuleEventType.Admission && toldOf?.Contains(type) == false))
        {
            Log.SensorMissing(logger, RuleEventTypes.NameOf(type));
        }

        return set;
    }
}
