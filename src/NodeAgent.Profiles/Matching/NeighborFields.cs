// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using static NodeAgent.Profiles.Matching.JsonFields;

namespace NodeAgent.Profiles.Matching;

/// <summary>The fields of a network neighbour. Without ports all are allowed, without labels all pods: one of which they make no sense goes.</summary>
internal static class NeighborFields
{
    private const int MaxPort = 65535;

    public static bool Check(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject neighbor)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        bool hadPeer = HasPeer(neighbor);
        Field(neighbor, "identifier", field, report, Text);
        Field(neighbor, "type", field, report, Type);
        Field(neighbor, "dns", field, report, Name);
        Field(neighbor, "dnsNames", field, report, ListOf(Name));
        Field(neighbor, "ipAddress", field, report, Address);
        Field(neighbor, "ipAddresses", field, report, ListOf(Address));
        return Field(neighbor, "ports", field, report, NotEmptied(Port))
            && Field(neighbor, "podSelector", field, report, Selector)
            && Field(neighbor, "namespaceSelector", field, report, Selector)
            && (!hadPeer || HasPeer(neighbor) || Refuse(field, report, "nothing is left that says who it is"));
    }

    /// <summary>One requirement of a selector.</summary>
    public static bool Expression(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject expression)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        if (string.IsNullOrEmpty(AsText(expression["key"])))
        {
            return Refuse(field + ".key", report, "is missing, or no text");
        }

        bool takesValues = AsText(expression["operator"]) is "In" or "NotIn";
        if (!takesValues && AsText(expression["operator"]) is not ("Exists" or "DoesNotExist"))
        {
            return Refuse(field + ".operator", report, $"{Show(expression["operator"])} is none of In, NotIn, Exists, DoesNotExist");
        }

        return Field(expression, "values", field, report, AllOf(Text))
            && (expression["values"] is JsonArray { Count: > 0 } == takesValues || Refuse(field + ".values", report, takesValues ? "is missing" : "must be empty"));
    }

    private static bool HasPeer(JsonObject neighbor) =>
        !string.IsNullOrEmpty(AsText(neighbor["dns"])) || !string.IsNullOrEmpty(AsText(neighbor["ipAddress"]))
        || neighbor["dnsNames"] is JsonArray { Count: > 0 } || neighbor["ipAddresses"] is JsonArray { Count: > 0 }
        || neighbor["podSelector"] is not null || neighbor["namespaceSelector"] is not null;

    private static bool Type(JsonNode node, string field, ProfileReport report) =>
        AsText(node) is "internal" or "external" or "" || Refuse(field, report, $"{Show(node)} is neither 'internal' nor 'external'");

    private static bool Name(JsonNode node, string field, ProfileReport report)
    {
        if (AsText(node) is not { } name)
        {
            return Refuse(field, report, $"{Show(node)} is no text");
        }

        if (name.Contains("**", StringComparison.Ordinal))
        {
            return Refuse(field, report, $"{Show(node)} matches nothing: a '*' is a label of its own");
        }

        if (name.Length > 0 && name.TrimEnd('.').Split('.').All(label => label is "*" or "⋯"))
        {
            report.Warn(field, $"{Show(node)} matches every name of {(name.Contains('.', StringComparison.Ordinal) ? "as many labels" : "one label")}");
        }

        return true;
    }

    private static bool Address(JsonNode node, string field, ProfileReport report)
    {
        if (AsText(node) is not { } text || (text.Length > 0 && !AddressPattern.TryParse(text, out _)))
        {
            return Refuse(field, report, $"{Show(node)} is no address, no block and not '*'");
        }

        if (text is "*" || (text.EndsWith("/0", StringComparison.Ordinal) && text.Length > 2))
        {
            report.Warn(field, $"{Show(node)} matches every address");
        }

        return true;
    }

    private static bool Port(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject port)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        Field(port, "name", field, report, Text);
        bool isNumber = port["port"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) && number is > 0 and <= MaxPort;
        return (isNumber || Refuse(field + ".port", report, $"{Show(port["port"])} is no port"))
            && (AsText(port["protocol"])?.ToUpperInvariant() is "TCP" or "UDP" or "SCTP" || Refuse(field + ".protocol", report, $"{Show(port["protocol"])} is none of TCP, UDP, SCTP"));
    }

    private static bool Selector(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject selector)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        if (!Field(selector, "matchLabels", field, report, Labels) || !Field(selector, "matchExpressions", field, report, AllOf(Expression)))
        {
            return false;
        }

        if (selector["matchLabels"] is not JsonObject { Count: > 0 } && selector["matchExpressions"] is not JsonArray { Count: > 0 })
        {
            report.Warn(field, field.EndsWith("namespaceSelector", StringComparison.Ordinal) ? "matches every namespace" : "matches every pod");
        }

        return true;
    }
}
