// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests;

/// <summary>Documents for tests of the store, which knows no kinds.</summary>
internal static class Documents
{
    public static ObjectTemplate Template(ObjectKey key, string content = "x", string labels = "{}")
    {
        string head = $"{{\"metadata\":{{\"name\":\"{key.Name}\",\"namespace\":\"{key.ObjectNamespace}\",\"labels\":{labels},\"resourceVersion\":\"";
        string tail = $"\"}},\"content\":\"{content}\"}}";
        return new ObjectTemplate(Encoding.UTF8.GetBytes(head + tail), Encoding.UTF8.GetByteCount(head));
    }
}
