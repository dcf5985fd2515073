// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>Where the objects of a resource are read from: the store, or a computation over it.</summary>
internal interface IObjectSource
{
    StoredObject? Get(ObjectKey key);

    /// <exception cref="RevisionGoneException">The revision asked for is forgotten.</exception>
    ListSnapshot List(ListRequest request);

    /// <summary>Whose changes a watch of <paramref name="resource"/> follows.</summary>
    string WatchedResource(ResourceDefinition resource) => resource.QualifiedName;

    /// <summary>A change of the watched resource as one of this source's objects; both documents null when it shows in none.</summary>
    StoreEvent Translate(StoreEvent change) => change;
}

internal sealed class StoredSource(IObjectStore store) : IObjectSource
{
    public StoredObject? Get(ObjectKey key) => store.Get(key);

    public ListSnapshot List(ListRequest request) => store.List(request);
}
