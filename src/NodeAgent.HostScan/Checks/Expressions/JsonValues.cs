// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Cel.Values;

namespace NodeAgent.HostScan.Checks.Expressions;

/// <summary>JSON as values of the expression language.</summary>
internal static class JsonValues
{
    /// <returns>Whole numbers are int, others double; of a key that stands twice the last holds, as in most readers of JSON.</returns>
    public static CelValue Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new Dictionary<string, CelValue>(StringComparer.Ordinal);
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    members[property.Name] = Of(property.Value);
                }

                return CelValue.Of(CelMap.Of(members.Select(member => KeyValuePair.Create(CelValue.Of(member.Key), member.Value))));
            case JsonValueKind.Array:
                return CelValue.Of(CelList.Of([.. element.EnumerateArray().Select(Of)]));
            case JsonValueKind.String:
                return CelValue.Of(element.GetString()!);
            case JsonValueKind.Number:
                return element.TryGetInt64(out long whole) ? CelValue.Of(whole) : CelValue.Of(element.GetDouble());
            case JsonValueKind.True:
                return CelValue.True;
            case JsonValueKind.False:
                return CelValue.False;
            default:
                return CelValue.Null;
        }
    }
}
