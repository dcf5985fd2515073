// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Keeps a sink equal to a resource of the API server: lists it, then watches it from where the list ended, for ever.</summary>
/// <remarks>
/// The first list may be as old as what the server has at hand, which costs it nothing; a list after a failure is the newest.
/// Nothing that the server does ends it but being cancelled. Source: Kubernetes API concepts, "Efficient detection of changes".
/// </remarks>
public sealed class Reflector<T> : IReflector
    where T : IKubernetesObject
{
    private const string AtHand = "0";

    private readonly Kubernetes _client;
    private readonly ApiResource<T> _resource;
    private readonly ReflectorOptions _options;
    private readonly IResourceSink<T> _sink;
    private readonly FailureLog _log;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What a watch goes on from; null = a list is needed.
    private string? _version;
    private string? _listVersion = AtHand;
    private bool _paged = true;

    // Whether the watch told anything since the last list: one that does not must not make us list without a pause.
    private bool _hasProgressed;
    private long _contactAt;

    public Reflector(
        Kubernetes client, ApiResource<T> resource, ReflectorOptions options, IResourceSink<T> sink, ILogger logger, TimeProvider time, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _resource = resource;
        _options = options;
        _sink = sink;
        _log = new FailureLog(logger, client);
        _time = time;
        _random = random ?? Random.Shared;
        _backoff = new Backoff(options.FirstPause, options.LongestPause, _random);
        _contactAt = time.GetTimestamp();
    }

    public string Resource => _resource.QualifiedName;

    public ReflectorCounters Counters { get; } = new();

    /// <summary>Ends when the first list was read whole.</summary>
    public Task Synced => _synced.Task;

    public bool HasSynced => _synced.Task.IsCompleted;

    public TimeSpan SinceContact => _time.GetElapsedTime(Volatile.Read(ref _contactAt));

    /// <summary>Works until cancelled. Start it once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellation).ConfigureAwait(false);
            }
            catch (KubernetesException error)
            {
                await FailAsync(error, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        if (_version is null)
        {
            _version = await ListAsync(cancellation).ConfigureAwait(false);
            _listVersion = null;
            _paged = true;
            _hasProgressed = false;
            _synced.TrySetResult();
        }

        await WatchAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<string> ListAsync(CancellationToken cancellation)
    {
        _sink.BeginList();
        long listed = 0;
        string? version = null;
        string? next = null;
        do
        {
            var options = new ListOptions
            {
                FieldSelector = _options.FieldSelector,
                LabelSelector = _options.LabelSelector,
                Limit = _paged ? _options.PageSize : null,
                Continue = next,
                ResourceVersion = _listVersion,
            };
            KubernetesList<T> page = await _client.ListAsync(_resource, _options.Namespace, options, cancellation).ConfigureAwait(false);
            Contact("list");
            foreach (T? item in page.Items ?? [])
            {
                listed += Put(item) ? 1 : 0;
            }

            version ??= page.Metadata?.ResourceVersion;
            next = page.Metadata?.Continue;
        }
        while (!string.IsNullOrEmpty(next));

        if (string.IsNullOrEmpty(version))
        {
            throw new KubernetesException(KubernetesFailure.Malformed, Request("list"), $"{Request("list")}: the list has no resourceVersion");
        }

        _sink.EndList();
        Counters.Lists++;
        Counters.Listed = listed;
        return version;
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        int seconds = _options.WatchSeconds + _random.Next(_options.WatchSeconds + 1);
        var options = new ListOptions
        {
            FieldSelector = _options.FieldSelector,
            LabelSelector = _options.LabelSelector,
            ResourceVersion = _version,
            TimeoutSeconds = seconds,
            Gather = _options.Gather,
        };
        long start = _time.GetTimestamp();
        bool silent = true;
        Counters.Watches++;
        await foreach (WatchEvent<T> change in _client.WatchAsync(_resource, _options.Namespace, options, cancellation).ConfigureAwait(false))
        {
            silent = false;
            Contact("watch");
            Apply(change);
        }

        Contact("watch");
        await AfterWatchAsync(silent, _time.GetElapsedTime(start), seconds, cancellation).ConfigureAwait(false);
    }

    private async Task AfterWatchAsync(bool silent, TimeSpan lasted, int seconds, CancellationToken cancellation)
    {
        if (silent && lasted >= TimeSpan.FromSeconds(seconds) * 0.9)
        {
            // Bookmarks come each minute. One that has none is at a version that does not exist yet, as after a restored backup:
            // it would wait for ever.
            Counters.SilentWatches++;
            _version = null;
        }
        else if (silent && lasted < _options.FirstPause)
        {
            await PauseAsync(_backoff.Next(null), cancellation).ConfigureAwait(false);
        }
    }

    private void Apply(in WatchEvent<T> change)
    {
        switch (change.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                Counters.Changes += Put(change.Object) ? 1 : 0;
                break;
            case WatchEventType.Deleted when IsNamed(change.Object):
                _sink.Remove(change.Object!);
                Counters.Changes++;
                break;
            case WatchEventType.Bookmark:
                Counters.Bookmarks++;
                break;
            case WatchEventType.Error:
                throw ErrorOf(change.Error);
            default:
                Counters.Malformed++;
                return;
        }

        _backoff.Reset();
        _hasProgressed = true;
        _version = change.Object?.Metadata?.ResourceVersion is { Length: > 0 } version ? version : _version;
    }

    private bool Put(T? item)
    {
        if (!IsNamed(item))
        {
            Counters.Malformed++;
            return false;
        }

        _sink.Put(item!);
        return true;
    }

    private static bool IsNamed(T? item) => item?.Metadata is { Name.Length: > 0, Uid.Length: > 0 };

    private KubernetesException ErrorOf(Status? status)
    {
        KubernetesFailure failure = KubernetesException.FailureOf(status?.Code ?? 500, status);
        return new KubernetesException(failure, Request("watch"), $"{Request("watch")}: {status?.Message ?? "an error without a message"}")
        {
            Status = status,
            RetryAfter = status?.Details?.RetryAfterSeconds is { } seconds and > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, RetryAfter.Longest.TotalSeconds)) : null,
        };
    }

    private async Task FailAsync(KubernetesException error, CancellationToken cancellation)
    {
        Counters.Failed(error.Failure);
        _log.Failed(error);
        if (error.Failure == KubernetesFailure.Expired)
        {
            Counters.Expired++;
            bool watched = _version is not null;

            // A list whose pages expire while they are read is asked for in one piece.
            _paged = watched;
            _version = null;
            _listVersion = null;
            if (watched && _hasProgressed)
            {
                return;
            }
        }

        bool byPerson = error.Failure is KubernetesFailure.Forbidden or KubernetesFailure.NotFound or KubernetesFailure.Unauthorized;
        TimeSpan pause = _backoff.Next(error.RetryAfter);
        await PauseAsync(byPerson && !_log.IsFirst ? Scatter(_options.RefusedPause) : pause, cancellation).ConfigureAwait(false);
    }

    private TimeSpan Scatter(TimeSpan pause) => pause * (0.75 + (_random.NextDouble() / 2));

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    private void Contact(string verb)
    {
        Volatile.Write(ref _contactAt, _time.GetTimestamp());
        _log.Worked(verb);
    }

    private ApiRequest Request(string verb) => new(verb, _resource.QualifiedName, _options.Namespace);
}
