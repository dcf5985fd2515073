// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Tests;

/// <summary>Documents for tests of the store, which knows no kinds.</summary>
internal static class Documents
{
    /// <summary>A container profile of a workload, as requests bring it.</summary>
    public static WriteRequest Profile(string name, string workload, long expected = 0, string hash = "")
    {
        string labels = $$$"""{"kubescape.io/workload-kind":"Deployment","kubescape.io/workload-name":"{{{workload}}}","kubescape.io/instance-template-hash":"{{{hash}}}"}""";
        ObjectDraft draft = ObjectDraft.FromPlain(
            Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"{{{name}}}","namespace":"shop","labels":{{{labels}}}},"spec":{"imageTag":"\u0000"}}"""), ResourceCatalog.ContainerProfiles)!;
        return new WriteRequest(new ObjectKey(draft.Resource.QualifiedName, "shop", name), expected, draft.ToTemplate());
    }

    /// <returns>Names of the profiles that the store finds by a workload.</returns>
    public static string[] ProfilesOf(IObjectStore store, string workload, string hash = "")
    {
        using ListSnapshot found = store.List(new ListRequest(ResourceCatalog.ContainerProfiles.QualifiedName, "shop", Workload: $"Deployment/{workload}//{hash}"));
        return [.. found.Objects.Select(item => item.Key.Name)];
    }

    public static ObjectTemplate Template(ObjectKey key, string content = "x", string labels = "{}")
    {
        string head = $"{{\"metadata\":{{\"name\":\"{key.Name}\",\"namespace\":\"{key.ObjectNamespace}\",\"labels\":{labels},\"resourceVersion\":\"";
        string tail = $"\"}},\"content\":\"{content}\"}}";
        return new ObjectTemplate(Encoding.UTF8.GetBytes(head + tail), Encoding.UTF8.GetByteCount(head));
    }
}
