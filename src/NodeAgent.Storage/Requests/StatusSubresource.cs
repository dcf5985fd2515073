// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Requests;

/// <summary>The status of an object is written at an address of its own: there nothing else is changed, and elsewhere it is not.</summary>
/// <remarks>Source: Kubernetes API, custom resources with a status subresource.</remarks>
internal static class StatusSubresource
{
    public const string Name = "status";

    /// <summary>Takes back whatever a write may not change at its address.</summary>
    /// <param name="old">What is stored; empty = nothing.</param>
    /// <param name="subresource">Empty: the object itself.</param>
    public static void Confine(ObjectDraft draft, JsonObject old, string subresource)
    {
        if (!draft.Resource.HasStatus)
        {
            return;
        }

        if (subresource != Name)
        {
            // Looked for first: a large document is not built only to find none.
            if (draft.Fields.ContainsKey(Name) || old.ContainsKey(Name))
            {
                Restore(draft.Root, old, Name);
            }

            return;
        }

        foreach (string member in draft.Root.Select(member => member.Key).Concat(old.Select(member => member.Key)).Distinct().Where(member => member is not (Name or "metadata")).ToArray())
        {
            Restore(draft.Root, old, member);
        }

        ConfineMetadata(draft, (JsonObject)old["metadata"]!);
    }

    /// <summary>Leaves of an applied configuration only what can be applied at its address.</summary>
    public static void Confine(JsonObject configuration, ApiRequest request)
    {
        if (!request.Resource.HasStatus)
        {
            return;
        }

        if (request.Subresource != Name)
        {
            configuration.Remove(Name);
            return;
        }

        foreach (string member in configuration.Select(member => member.Key).Where(member => member is not ("apiVersion" or "kind" or "metadata" or Name)).ToArray())
        {
            configuration.Remove(member);
        }

        if (configuration["metadata"] is JsonObject metadata)
        {
            foreach (string member in metadata.Select(member => member.Key).Where(member => member is not ("name" or "namespace" or "resourceVersion" or "uid")).ToArray())
            {
                metadata.Remove(member);
            }
        }
    }

    // Who manages the fields, and the condition of the write, are about the write and not about the object.
    private static void ConfineMetadata(ObjectDraft draft, JsonObject old)
    {
        foreach (string member in draft.Metadata.Select(member => member.Key).Concat(old.Select(member => member.Key)).Distinct().Where(member => member is not ("managedFields" or "resourceVersion" or "uid")).ToArray())
        {
            Restore(draft.Metadata, old, member);
        }
    }

    private static void Restore(JsonObject young, JsonObject old, string member)
    {
        if (old[member] is { } value)
        {
            young[member] = value.DeepClone();
        }
        else
        {
            young.Remove(member);
        }
    }
}
