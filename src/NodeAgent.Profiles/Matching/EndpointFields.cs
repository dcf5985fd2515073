// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Profiles.Learning;
using static NodeAgent.Profiles.Matching.JsonFields;

namespace NodeAgent.Profiles.Matching;

/// <summary>The fields of an HTTP endpoint. Without methods it allows all of them, without a host any: one of which they make no sense goes.</summary>
internal static class EndpointFields
{
    public static bool Check(JsonNode node, string field, ProfileReport report) =>
        node is JsonObject endpoint ? Address(endpoint, field, report)
            && Field(endpoint, "methods", field, report, NotEmptied(Method))
            && Field(endpoint, "direction", field, report, Direction)
            && Field(endpoint, "internal", field, report, Truth)
            && Field(endpoint, "headers", field, report, Headers)
        : Refuse(field, report, $"{Show(node)} is no object");

    // Shape: ":80/path".
    private static bool Address(JsonObject parent, string field, ProfileReport report)
    {
        field += ".endpoint";
        if (AsText(parent["endpoint"]) is not { } text)
        {
            return Refuse(field, report, parent["endpoint"] is { } other ? $"{Show(other)} is no text" : "is missing");
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 2 || text[0] != ':' || !ushort.TryParse(text.AsSpan(1, slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return Refuse(field, report, $"{Show(parent["endpoint"])} is not of the form ':80/path'");
        }

        if (ProfileFields.CoversAll(text[slash..]))
        {
            report.Warn(field, $"{Show(parent["endpoint"])} matches every path");
        }

        return true;
    }

    private static bool Method(JsonNode node, string field, ProfileReport report) =>
        Text(node, field, report) && (HttpMethods.ToBit(System.Text.Encoding.UTF8.GetBytes(AsText(node)!)) != 0 || Refuse(field, report, $"{Show(node)} is no method"));

    private static bool Direction(JsonNode node, string field, ProfileReport report) =>
        AsText(node) is "inbound" or "outbound" or "" || Refuse(field, report, $"{Show(node)} is neither 'inbound' nor 'outbound'");

    private static bool Headers(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject headers)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        foreach (string name in headers.Select(header => header.Key).ToArray())
        {
            if (headers[name] is null ? !Refuse($"{field}.{name}", report, "is null") : !Field(headers, name, field, report, AllOf(Text)))
            {
                return false;
            }
        }

        return true;
    }
}
