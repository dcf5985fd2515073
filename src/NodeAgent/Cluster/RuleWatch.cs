// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cluster;

/// <summary>Follows the Rules, bindings and exceptions of a cluster or of the agent's own storage, gives them to the feed whole, and writes back what became of them.</summary>
internal sealed class RuleWatch : IAsyncDisposable
{
    private static readonly ApiResource<V1CustomObject> RuleResource = ApiResources.Custom(RuntimeRulesGroup.Name, RuntimeRulesGroup.Version, RulesObject.Plural);
    private static readonly ApiResource<V1CustomObject> BindingResource = ApiResources.Custom(RuntimeRulesGroup.Name, RuntimeRulesGroup.Version, RuntimeRuleAlertBinding.Plural);

    private static readonly ApiResource<V1CustomObject> ExceptionResource = ApiResources.Custom(RuntimeRulesGroup.Name, RuntimeRulesGroup.Version, RuleException.Plural);

    /// <summary>What it follows beside namespaces.</summary>
    public static IReadOnlyList<ApiResource<V1CustomObject>> Resources { get; } = [RuleResource, BindingResource, ExceptionResource];

    // An exception that expires changes nothing in the cluster that could be followed.
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExceptionPatience = TimeSpan.FromSeconds(5);

    private readonly Kubernetes.Kubernetes _client;
    private readonly RuleFeed _feed;
    private readonly bool _ofCluster;
    private readonly string _nodeName;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ObjectList<V1CustomObject> _rules;
    private readonly ObjectList<V1CustomObject> _bindings;
    private readonly ObjectList<V1CustomObject> _exceptions;
    private readonly ObjectList<V1PartialObjectMetadata> _namespaces;
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private readonly long _begun;
    private readonly Task _running;

    // Null = nothing was listed yet.
    private string? _used;
    private Told? _told;

    /// <param name="configuration">Taken over.</param>
    /// <param name="ofCluster">False = of a storage: it takes the place of nobody's rules, and knows namespaces by their names only.</param>
    /// <param name="nodeName">Who says that a sensor is missing.</param>
    public RuleWatch(KubernetesClientConfiguration configuration, RuleFeed feed, bool ofCluster, string nodeName, ILogger logger, TimeProvider time)
    {
        _client = new Kubernetes.Kubernetes(configuration);
        (_feed, _ofCluster, _nodeName, _logger, _time) = (feed, ofCluster, nodeName, logger, time);
        _begun = time.GetTimestamp();
        _rules = new ObjectList<V1CustomObject>(Changed);
        _bindings = new ObjectList<V1CustomObject>(Changed);
        _exceptions = new ObjectList<V1CustomObject>(Changed);
        _namespaces = new ObjectList<V1PartialObjectMetadata>(Changed);
        _running = Task.WhenAll(
            FollowAsync(RuleResource, _rules), FollowAsync(BindingResource, _bindings), FollowAsync(ExceptionResource, _exceptions),
            ofCluster ? FollowAsync(ApiResources.Namespaces, _namespaces) : Task.CompletedTask, Task.Run(RunAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _client.Dispose();
        _news.Dispose();
        _stop.Dispose();
    }

    private Task FollowAsync<T>(ApiResource<T> resource, ObjectList<T> list)
        where T : class, IKubernetesObject
    {
        var reflector = new Reflector<T>(_client, resource, new ReflectorOptions(), list, _logger, _time);
        return Task.Run(() => UntilStoppedAsync(reflector.Resource, reflector.RunAsync));
    }

    private Task RunAsync() => UntilStoppedAsync("rules", async stop =>
    {
        while (true)
        {
            bool isNews = await _news.WaitAsync(_used is null ? ListInterval : ExpiryInterval, stop).ConfigureAwait(false);

            // Rules without their exceptions would tell of what they need not; but where nobody installed the definition there are none.
            bool areAllListed = _rules.WasListed && _bindings.WasListed && (_exceptions.WasListed || _time.GetElapsedTime(_begun) >= ExceptionPatience);
            if (areAllListed && (isNews || _used is null))
            {
                await ApplyAsync(stop).ConfigureAwait(false);
            }
            else
            {
                await TellExceptionsAsync(stop).ConfigureAwait(false);
            }
        }
    });

    private async Task ApplyAsync(CancellationToken stop)
    {
        IReadOnlyList<V1CustomObject> found = _rules.Items;
        Dictionary<string, IReadOnlyDictionary<string, string>> namespaces = _namespaces.Items
            .Where(item => item.Metadata?.Name is not null)
            .ToDictionary(item => item.Metadata!.Name!, item => (IReadOnlyDictionary<string, string>)(item.Metadata!.Labels ?? []), StringComparer.Ordinal);

        // A status that somebody wrote, we too, is no news.
        IReadOnlyList<V1CustomObject> excepted = _exceptions.Items;
        string content = Content(found, [.. _bindings.Items, .. excepted], namespaces);
        if (content == (_used ?? string.Empty))
        {
            _used = content;
            return;
        }

        _used = content;
        var faults = new Dictionary<V1CustomObject, string>(ReferenceEqualityComparer.Instance);
        var documents = new RuleDocuments(
            [.. found.Select(item => Read(item, RuleJsonContext.Readable.RulesSpec, faults) is { } spec ? new RulesObject { Metadata = MetadataOf(item), Spec = spec } : null).OfType<RulesObject>()],
            [.. _bindings.Items.Select(item => Read(item, RuleJsonContext.Readable.RuntimeRuleAlertBindingSpec, faults) is { } spec ? new RuntimeRuleAlertBinding { Metadata = MetadataOf(item), Spec = spec } : null).OfType<RuntimeRuleAlertBinding>()])
        {
            Exceptions = [.. excepted.Select(item => Read(item, RuleJsonContext.Readable.RuleExceptionSpec, faults) is { } spec ? new RuleException { Metadata = MetadataOf(item), Spec = spec } : null).OfType<RuleException>()],
        };
        RuleOutcome outcome = _ofCluster ? _feed.UseCluster(documents, namespaces.GetValueOrDefault) : _feed.UseStorage(documents);
        _told = new Told(
            outcome.Set, documents.Exceptions, excepted.Where(faults.ContainsKey).ToDictionary(NameOf, item => faults[item], StringComparer.Ordinal),
            excepted.ToDictionary(NameOf, TextOf, StringComparer.Ordinal));
        await TellExceptionsAsync(stop).ConfigureAwait(false);
        foreach (V1CustomObject item in found)
        {
            await TellAsync(RuleResource, item, RuleConditions.Of(item, documents.Rules, outcome, faults.GetValueOrDefault(item), _nodeName, _time.GetUtcNow()), stop).ConfigureAwait(false);
        }
    }

    private static string Content(IReadOnlyList<V1CustomObject> rules, IReadOnlyList<V1CustomObject> bindings, Dictionary<string, IReadOnlyDictionary<string, string>> namespaces) => string.Join(
        '\n',
        rules.Concat(bindings).Select(item => $"{item.Metadata?.Namespace}/{item.Metadata?.Name} {item.Spec?.GetRawText()}")
            .Concat(namespaces.Select(space => $"{space.Key} {string.Join(',', space.Value.OrderBy(label => label.Key, StringComparer.Ordinal))}")));

    private T? Read<T>(V1CustomObject item, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Dictionary<V1CustomObject, string> faults)
        where T : class
    {
        try
        {
            return item.Spec?.Deserialize(type);
        }
        catch (JsonException e)
        {
            faults[item] = $"{e.Path}: {e.Message}";
            Log.RuleObjectRefused(_logger, $"{item.Metadata?.Namespace}/{item.Metadata?.Name}", faults[item]);
            return null;
        }
    }

    private static string NameOf(V1CustomObject item) => item.Metadata?.Name ?? string.Empty;

    private static string TextOf(V1CustomObject item) => item.Spec?.GetRawText() ?? string.Empty;

    private static ObjectMeta MetadataOf(V1CustomObject item) => new() { Name = item.Metadata?.Name, Namespace = item.Metadata?.Namespace };

    private async Task TellExceptionsAsync(CancellationToken stop)
    {
        if (_told is not { } told)
        {
            return;
        }

        // What came meanwhile is not in force yet.
        foreach (V1CustomObject item in _exceptions.Items.Where(item => told.Texts.TryGetValue(NameOf(item), out string? text) && text == TextOf(item)))
        {
            RuleException? read = told.Exceptions.FirstOrDefault(one => one.Metadata.Name == item.Metadata?.Name);
            string? fault = told.Faults.GetValueOrDefault(NameOf(item));
            await TellAsync(ExceptionResource, item, ExceptionConditions.Of(item, read, told.Set, fault, _time.GetUtcNow()), stop).ConfigureAwait(false);
        }
    }

    // Every node writes the same; who comes second finds it written.
    private async Task TellAsync(ApiResource<V1CustomObject> resource, V1CustomObject item, byte[]? patch, CancellationToken stop)
    {
        if (patch is null)
        {
            return;
        }

        try
        {
            await _client.PatchStatusAsync(resource, item.Metadata?.Namespace, item.Metadata?.Name ?? string.Empty, patch, stop).ConfigureAwait(false);
        }
        catch (KubernetesException e)
        {
            if (_refused.Add(e.Message))
            {
                Log.RuleStatusUnwritten(_logger, $"{item.Metadata?.Namespace}/{item.Metadata?.Name}", e.Message);
            }
        }
    }

    private void Changed()
    {
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    private async Task UntilStoppedAsync(string part, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
#pragma warning disable CA1031 // what cannot follow one resource must not end the agent, nor go unsaid
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.PartFailed(_logger, $"Following {part}", error);
        }
    }

    /// <summary>The exceptions as they were when the set was made.</summary>
    private sealed record Told(RuleSet Set, IReadOnlyList<RuleException> Exceptions, Dictionary<string, string> Faults, Dictionary<string, string> Texts);
}
