// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Events.Files;
using static NodeAgent.Profiles.Matching.JsonFields;

namespace NodeAgent.Profiles.Matching;

/// <summary>The fields of profiles: flat ones, and those with a list of containers.</summary>
/// <remarks>Source: Kubescape's ContainerProfile, ApplicationProfile and NetworkNeighborhood.</remarks>
internal static class ProfileFields
{
    private static readonly HashSet<string> Flags = [.. OpenFlagNames.AccessModes, .. OpenFlagNames.Bits.Select(bit => bit.Name)];

    public static void Check(JsonObject root, ProfileReport report)
    {
        Field(root, "metadata", string.Empty, report, Metadata);
        Field(root, "spec", string.Empty, report, Spec);
    }

    private static bool Metadata(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject metadata)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        Field(metadata, "labels", field, report, Labels);
        Field(metadata, "annotations", field, report, Labels);
        return true;
    }

    private static bool Spec(JsonNode node, string field, ProfileReport report)
    {
        if (!Container(node, field, report))
        {
            return false;
        }

        var spec = (JsonObject)node;
        foreach (string list in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            Field(spec, list, field, report, ListOf(NamedContainer));
        }

        // Who selects nothing selects all: of what is left of a selector nobody knows whom it means.
        bool selects = Field(spec, "matchLabels", field, report, Labels) & Field(spec, "matchExpressions", field, report, AllOf(NeighborFields.Expression));
        if (!selects)
        {
            spec.Remove("matchLabels");
            spec.Remove("matchExpressions");
            spec.Remove("ingress");
            spec.Remove("egress");
            report.Error(field, "whom it selects makes no sense, so its neighbours are left out");
        }

        return true;
    }

    private static bool NamedContainer(JsonNode node, string field, ProfileReport report)
    {
        if (node is JsonObject container && string.IsNullOrEmpty(AsText(container["name"])))
        {
            return Refuse(field + ".name", report, "is missing, or no text");
        }

        return Container(node, field, report);
    }

    private static bool Container(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject container)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        foreach (string texts in (string[])["architectures", "capabilities", "syscalls"])
        {
            Field(container, texts, field, report, ListOf(Text));
        }

        foreach (string text in (string[])["imageID", "imageTag"])
        {
            Field(container, text, field, report, Text);
        }

        Field(container, "execs", field, report, ListOf(Exec));
        Field(container, "opens", field, report, ListOf(Open));
        Field(container, "endpoints", field, report, ListOf(EndpointFields.Check));
        Field(container, "rulePolicies", field, report, Policies);
        Field(container, "ingress", field, report, ListOf(NeighborFields.Check));
        Field(container, "egress", field, report, ListOf(NeighborFields.Check));
        return true;
    }

    // Without its arguments a program may be started with any: one of which they make no sense goes.
    private static bool Exec(JsonNode node, string field, ProfileReport report) =>
        node is JsonObject exec ? Path(exec, field, report, isProgram: true)
            && Field(exec, "args", field, report, AllOf(Text))
            && Field(exec, "argsRequired", field, report, Truth)
            && (Field(exec, "envs", field, report, ListOf(Text)) || true)
        : Refuse(field, report, $"{Show(node)} is no object");

    private static bool Open(JsonNode node, string field, ProfileReport report) =>
        node is JsonObject open ? Path(open, field, report, isProgram: false) && (Field(open, "flags", field, report, ListOf(Flag)) || true)
        : Refuse(field, report, $"{Show(node)} is no object");

    private static bool Flag(JsonNode node, string field, ProfileReport report) =>
        Text(node, field, report) && (Flags.Contains(AsText(node)!) || Refuse(field, report, $"{Show(node)} is no flag of open(2)"));

    private static bool Path(JsonObject parent, string field, ProfileReport report, bool isProgram)
    {
        field += ".path";
        if (AsText(parent["path"]) is not { Length: > 0 } path)
        {
            return Refuse(field, report, parent["path"] is { } other ? $"{Show(other)} is no path" : "is missing");
        }

        if (path[0] != '/' && path is not ("*" or "⋯") && !(isProgram && path.StartsWith("memfd:", StringComparison.Ordinal)))
        {
            return Refuse(field, report, $"{Show(parent["path"])} does not begin at the root");
        }

        if (CoversAll(path))
        {
            report.Warn(field, $"{Show(parent["path"])} matches every {(isProgram ? "program" : "file")}");
        }

        return true;
    }

    /// <returns>True for a pattern that no path escapes, whatever its names are.</returns>
    internal static bool CoversAll(string pattern) => DynamicPath.Matches(pattern, "/\u0001") && DynamicPath.Matches(pattern, "/\u0001/\u0001/\u0001");

    private static bool Policies(JsonNode node, string field, ProfileReport report)
    {
        if (node is not JsonObject policies)
        {
            return Refuse(field, report, $"{Show(node)} is no object");
        }

        foreach (string rule in policies.Select(policy => policy.Key).ToArray())
        {
            if (policies[rule] is null)
            {
                policies.Remove(rule);
                Refuse($"{field}.{rule}", report, "is null");
            }

            Field(policies, rule, field, report, Policy);
        }

        return true;
    }

    private static bool Policy(JsonNode node, string field, ProfileReport report) =>
        node is JsonObject policy ? Field(policy, "processAllowed", field, report, ListOf(Text)) & Field(policy, "containerAllowed", field, report, Truth)
        : Refuse(field, report, $"{Show(node)} is no object");
}
