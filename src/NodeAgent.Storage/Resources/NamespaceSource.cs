// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>The namespaces that objects stand in, and <c>default</c>; kubectl asks for no more.</summary>
internal sealed class NamespaceSource(IObjectStore store, DateTimeOffset since) : IObjectSource
{
    public StoredObject? Get(ObjectKey key) => Names().Contains(key.Name) ? Make(key.Name, store.CurrentRevision) : null;

    public ListSnapshot List(ListRequest request)
    {
        long revision = store.CurrentRevision;
        return new ListSnapshot(
            revision,
            Names().Where(name => request.After is not { } after || string.CompareOrdinal(name, after.Name) > 0).Select(name => Make(name, revision)));
    }

    private SortedSet<string> Names() =>
        new(store.Count().Select(count => count.ObjectNamespace).Where(name => name.Length > 0).Append("default"), StringComparer.Ordinal);

    private StoredObject Make(string name, long revision)
    {
        var document = new NamespaceObject
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                ResourceVersion = revision.ToString(CultureInfo.InvariantCulture),
                CreationTimestamp = since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Labels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = name },
            },
            Status = new NamespaceStatus { Phase = "Active" },
        };
        return new StoredObject(
            new ObjectKey(ResourceCatalog.Namespaces.QualifiedName, string.Empty, name),
            revision,
            JsonSerializer.SerializeToUtf8Bytes(document, MetaJsonContext.Readable.NamespaceObject));
    }
}
