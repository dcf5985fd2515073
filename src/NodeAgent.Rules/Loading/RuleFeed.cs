// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;

namespace NodeAgent.Rules.Loading;

/// <summary>Brings together what the library, a folder, a storage and a cluster say, and gives it to an engine whole. Any thread but the event loop's.</summary>
/// <remarks>
/// A rule of the folder or the storage takes the place of the library's of the same id, also to switch it off. Where the cluster has rules, the library's
/// are left out: it is then the cluster's copy that holds.
/// </remarks>
/// <param name="sensors">Null = every event is told.</param>
public sealed class RuleFeed(RuleEngine engine, bool useLibrary, ILogger<RuleFeed> logger, IEventSensors? sensors = null)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _said = [];
    private RuleDocuments _folder = RuleDocuments.None;
    private RuleDocuments _storage = RuleDocuments.None;
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

    /// <summary>What people wrote into a storage that stands alone: more rules, as those of a folder are.</summary>
    public RuleOutcome UseStorage(RuleDocuments documents)
    {
        lock (_lock)
        {
            _storage = documents;
            return Apply();
        }
    }

    /// <param name="labelsOfNamespace">Null = they are not known.</param>
    public RuleOutcome UseCluster(RuleDocuments documents, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
    {
        lock (_lock)
        {
            (_cluster, _labelsOfNamespace) = (documents, labelsOfNamespace);
            return Apply();
        }
    }

    /// <summary>The rules that would be judged by.</summary>
    /// <param name="own">Of folder and storage.</param>
    public static IReadOnlyList<RuntimeRule> Select(RuleDocuments own, RuleDocuments cluster, bool useLibrary, List<RuleIssue> issues)
    {
        RulesObject[] objects = [.. own.Rules, .. cluster.Rules];
        HashSet<string> named = [.. objects.SelectMany(one => one.Spec?.Rules ?? []).Select(rule => rule?.Id ?? string.Empty)];
        IEnumerable<RuntimeRule> library = useLibrary && cluster.Rules.Count == 0 ? RuleLibrary.Rules.Where(rule => !named.Contains(rule.Id!)) : [];
        return [.. library, .. RuleMerge.Merge(objects, issues)];
    }

    private RuleOutcome Apply()
    {
        var issues = new List<RuleIssue>(_folderIssues);
        RuleDocuments own = _folder.With(_storage);
        IReadOnlyList<RuntimeRule> rules = Select(own, _cluster, useLibrary, issues);
        foreach (RuleIssue issue in issues)
        {
            Log.RuleRemark(logger, issue.ToString());
        }

        RuleDocuments all = own.With(_cluster);
        RuleSet set = engine.Compile(rules, new BindingSet(all.Bindings, _labelsOfNamespace), all.Exceptions, _labelsOfNamespace);
        engine.Use(set);
        Log.RulesRead(logger, set.Rules.Count, set.FailedCount);

        // After the rules are in force: those that need nothing new do not wait for the kernel.
        return new RuleOutcome(set, Provide(set));
    }

    private Dictionary<RuleEventType, string> Provide(RuleSet set)
    {
        var untold = new Dictionary<RuleEventType, string>();
        foreach (RuleEventType type in set.EventTypes)
        {
            if (sensors?.Provide(type) is { } reason)
            {
                untold[type] = reason;
                if (_said.Add($"{type} {reason}"))
                {
                    Log.SensorMissing(logger, RuleEventTypes.NameOf(type), reason);
                }
            }
        }

        return untold;
    }
}
