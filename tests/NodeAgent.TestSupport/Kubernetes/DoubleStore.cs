// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>The objects of the double, their versions and the history that watches are served from. Any thread.</summary>
public sealed class DoubleStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _resources = new(StringComparer.Ordinal)
    {
        ["/pods"] = [],
        ["/services"] = [],
        ["/nodes"] = [],
        ["discovery.k8s.io/endpointslices"] = [],
        ["apps/replicasets"] = [],
        ["batch/jobs"] = [],
    };

    private readonly List<DoubleChange> _history = [];
    private long _version = 100;
    private long _compacted;
    private int _watchesBegun;
    private TaskCompletionSource _news = New();
    private CancellationTokenSource _watches = new();
    private CancellationTokenSource _breaks = new();

    /// <summary>Units: resource version.</summary>
    public long Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    /// <summary>Watches that were begun: from here on each hears what happens.</summary>
    public int WatchesBegun => Volatile.Read(ref _watchesBegun);

    /// <summary>So many requests for a further page are told that it is forgotten.</summary>
    public int ExpiredContinues { get; set; }

    internal CancellationToken EndOfWatches => _watches.Token;

    internal CancellationToken BreakOfWatches => _breaks.Token;

    /// <summary>As a custom resource definition does.</summary>
    /// <param name="resource">Shape: <c>tekton.dev/taskruns</c>.</param>
    public void Define(string resource)
    {
        lock (_lock)
        {
            _resources.TryAdd(resource, []);
        }
    }

    /// <param name="resource">Shape: <c>/pods</c>, <c>apps/replicasets</c>: group, slash, plural.</param>
    public void Put(string resource, JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock)
        {
            var copy = (JsonObject)item.DeepClone();
            var metadata = (JsonObject)copy["metadata"]!;
            metadata["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
            string key = Key((string?)metadata["namespace"], (string)metadata["name"]!);
            bool known = _resources[resource].TryGetValue(key, out JsonObject? before);
            _resources[resource][key] = copy;
            Tell(new DoubleChange(_version, resource, known ? "MODIFIED" : "ADDED", copy, before));
        }
    }

    public void Delete(string resource, string? ns, string name)
    {
        lock (_lock)
        {
            if (_resources[resource].Remove(Key(ns, name), out JsonObject? item))
            {
                var last = (JsonObject)item.DeepClone();
                last["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
                Tell(new DoubleChange(_version, resource, "DELETED", last, item));
            }
        }
    }

    /// <summary>Each watch gets a bookmark of the newest version.</summary>
    public void Bookmark()
    {
        lock (_lock)
        {
            Tell(new DoubleChange(_version, string.Empty, "BOOKMARK", [], null));
        }
    }

    /// <summary>Bytes that go to each watch as they are.</summary>
    public void SendRaw(string text)
    {
        lock (_lock)
        {
            Tell(new DoubleChange(_version, string.Empty, text, [], null));
        }
    }

    /// <summary>Forgets the history: whoever watches from an older version than now gets 410.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _history.Clear();
            _compacted = ++_version;
        }
    }

    /// <summary>A backup was restored: all versions are older than what was told.</summary>
    public void SetBack(long version)
    {
        lock (_lock)
        {
            _history.Clear();
            _compacted = 0;
            _version = version;
        }
    }

    /// <summary>Ends the watches that run, as the server's timeout does.</summary>
    public void EndWatches() => Interlocked.Exchange(ref _watches, new CancellationTokenSource()).Cancel();

    /// <summary>Breaks the watches that run in the middle of an event.</summary>
    public void BreakWatches() => Interlocked.Exchange(ref _breaks, new CancellationTokenSource()).Cancel();

    public void Dispose()
    {
        _watches.Dispose();
        _breaks.Dispose();
    }

    internal bool Knows(string resource) => _resources.ContainsKey(resource);

    public JsonObject? Find(string resource, string? ns, string name)
    {
        lock (_lock)
        {
            return _resources[resource].GetValueOrDefault(Key(ns, name));
        }
    }

    internal (long Version, List<JsonObject> Items) List(string resource, Func<JsonObject, bool> matches)
    {
        lock (_lock)
        {
            return (_version, [.. _resources[resource].Values.Where(matches)]);
        }
    }

    /// <returns>What came after a position of the history, and what ends when there is more; null = that version is forgotten.</returns>
    internal (List<DoubleChange> Changes, int Position, Task More)? After(long version, int position)
    {
        lock (_lock)
        {
            if (position < 0 && version < _compacted)
            {
                return null;
            }

            int from = position < 0 ? _history.FindIndex(c => c.Version > version && c.IsObject) : position;
            from = from < 0 ? _history.Count : Math.Min(from, _history.Count);
            _watchesBegun += position < 0 ? 1 : 0;
            return (_history[from..], _history.Count, _news.Task);
        }
    }

    private void Tell(DoubleChange change)
    {
        _history.Add(change);
        TaskCompletionSource news = _news;
        _news = New();
        news.SetResult();
    }

    private static string Key(string? ns, string name) => $"{ns}/{name}";

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal sealed record DoubleChange(long Version, string Resource, string Type, JsonObject Item, JsonObject? Before)
{
    public bool IsObject => Type is "ADDED" or "MODIFIED" or "DELETED";
}
