// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>What the API server did not permit when it was last asked. Any thread.</summary>
public sealed class MissingPermissions
{
    private readonly ConcurrentDictionary<(string Verb, string Resource), ApiRequest> _missing = new();

    /// <summary>Without their namespaces: roles are given for all of them.</summary>
    public IReadOnlyCollection<ApiRequest> All => [.. _missing.Values.OrderBy(request => (request.Resource, request.Verb))];

    internal void Add(ApiRequest request) => _missing[(request.Verb, request.Resource)] = request with { Namespace = null };

    internal void Remove(ApiRequest request) => _missing.TryRemove((request.Verb, request.Resource), out _);
}
