// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Resources;

/// <summary>What the labels of a profile say of its workload, as one text: profiles with the same text are of the same one.</summary>
/// <remarks>The engines' migrations make the same text of what was stored before; a change here needs one there.</remarks>
internal static class WorkloadKey
{
    /// <returns>Shape: <c>kind/name/namespace/template hash</c>, in which all but the name may be empty; null without a name.</returns>
    public static string? Of(IReadOnlyDictionary<string, string>? labels) => Of(label => labels?.GetValueOrDefault(label));

    /// <param name="metadata">Of an object.</param>
    public static string? Of(JsonObject metadata) =>
        Of(label => metadata["labels"] is JsonObject labels ? JsonText.TextOf(labels, label) : null);

    private static string? Of(Func<string, string?> label) => label(KubescapeLabels.Name) is { Length: > 0 } name
        ? $"{label(KubescapeLabels.Kind)}/{name}/{label(KubescapeLabels.Namespace)}/{label(KubescapeLabels.TemplateHash)}"
        : null;
}
