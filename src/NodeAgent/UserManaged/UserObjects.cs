// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Storage;
using NodeAgent.Kubernetes;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.UserManaged;

/// <summary>The objects of one kind that people wrote: followed by their metadata, each read once a version. For one task.</summary>
internal sealed class UserObjects<T>
    where T : class
{
    private readonly string _plural;
    private readonly JsonTypeInfo<T> _type;
    private readonly WantedObjects _wanted;
    private readonly ILogger _logger;
    private readonly Dictionary<(string Namespace, string Name), (string Version, T? Item)> _read = [];

    /// <param name="changed">Called when something may be to read; any thread, must not block.</param>
    public UserObjects(
        Kubernetes.Kubernetes client, string group, string version, string plural, JsonTypeInfo<T> type, Func<V1ObjectMeta, bool> isWanted, Action changed, ILogger logger, TimeProvider time)
    {
        _plural = plural;
        _type = type;
        _logger = logger;
        _wanted = new WantedObjects(isWanted, changed);
        Reflector = new Reflector<V1PartialObjectMetadata>(client, ApiResources.Metadata(group, version, plural), new ReflectorOptions(), _wanted, logger, time);
    }

    public IReflector Reflector { get; }

    /// <summary>Those that make sense; the others are said to be left out, once a version.</summary>
    public IEnumerable<T> Items => _read.Values.Select(one => one.Item).OfType<T>();

    /// <remarks>Errors: <see cref="StorageException"/> when it is worth another attempt; what was read until then is kept.</remarks>
    public async Task ReadAsync(StorageClient storage, CancellationToken cancellation)
    {
        Dictionary<(string Namespace, string Name), string> versions = _wanted.Versions();
        foreach ((string, string) gone in _read.Keys.Where(key => !versions.ContainsKey(key)).ToArray())
        {
            _read.Remove(gone);
        }

        foreach (((string Namespace, string Name) key, string version) in versions)
        {
            if (_read.TryGetValue(key, out (string Version, T? Item) known) && known.Version == version)
            {
                continue;
            }

            try
            {
                if (await storage.GetAsync(_plural, key.Namespace, key.Name, cancellation).ConfigureAwait(false) is { } item)
                {
                    _read[key] = (version, Parse(item));
                }
            }
            catch (StorageException error) when (!error.IsTransient)
            {
                // Such as one of 100 MB: it must not keep the others out.
                Log.UserProfileRefused(_logger, _plural, NameOf(key.Namespace, key.Name), error.Message);
                _read[key] = (version, null);
            }
        }
    }

    private static string NameOf(string @namespace, string name) => $"{@namespace}/{name}".TrimStart('/');

    private T? Parse(ApiObject item)
    {
        string name = NameOf(item.Namespace, item.Name);
        bool isUsed = ProfileValidation.TryRead(name, item.Json.Span, _type, out T? profile, out ProfileReport report);
        foreach (ProfileProblem problem in report.Errors)
        {
            Log.FieldRefused(_logger, _plural, problem.Object, problem.Field, problem.Problem);
        }

        foreach (ProfileProblem problem in report.Warnings)
        {
            Log.FieldAllowsAll(_logger, _plural, problem.Object, problem.Field, problem.Problem);
        }

        if (!isUsed)
        {
            Log.UserProfileRefused(_logger, _plural, name, "nothing of it can be used");
        }

        return profile;
    }
}
