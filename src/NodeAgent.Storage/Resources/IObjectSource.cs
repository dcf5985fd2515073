// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>Where the objects of a resource are read from: the store, or a computation over it.</summary>
internal interface IObjectSource
{
    StoredObject? Get(ObjectKey key);

    /// <exception cref="RevisionGoneException">The revision asked for is forgotten.</exception>
    ListSnapshot List(ListRequest request);
}

internal sealed class StoredSource(IObjectStore store) : IObjectSource
{
    public StoredObject? Get(ObjectKey key) => store.Get(key);

    public ListSnapshot List(ListRequest request) => store.List(request);
}
