// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Collection;

/// <summary>Documents of what the storage keeps for itself beside the objects: of no kind that is served.</summary>
internal static class HiddenObject
{
    /// <param name="member">Shape: one member of JSON beside the metadata, <c>"holder":"…"</c>.</param>
    public static ObjectTemplate Template(ObjectKey key, string member)
    {
        string head = $"{{\"metadata\":{{\"name\":\"{key.Name}\",\"resourceVersion\":\"";
        return new ObjectTemplate(Encoding.ASCII.GetBytes($"{head}\"}},{member}}}"), head.Length);
    }
}
