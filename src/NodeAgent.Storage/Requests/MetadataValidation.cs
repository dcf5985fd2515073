// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Selectors;

namespace NodeAgent.Storage.Requests;

/// <summary>Whether names, labels and annotations may be stored. Source: k8s.io/apimachinery validation.</summary>
internal static class MetadataValidation
{
    // Units: bytes of all keys and values. Source: Kubernetes API, TotalAnnotationSizeLimitB.
    private const int MaxAnnotationBytes = 256 << 10;

    /// <exception cref="ApiException">422 with the field.</exception>
    public static void Check(ObjectDraft draft)
    {
        string name = draft.Name ?? string.Empty;
        if (name.Length == 0)
        {
            throw Failures.Invalid(draft.Resource, string.Empty, "metadata.name", "FieldValueRequired", "Required value: name or generateName is required");
        }

        if (!LabelSyntax.IsSubdomain(name))
        {
            throw Invalid(draft, "metadata.name", name, LabelSyntax.SubdomainRule);
        }

        if (draft.Text("namespace") is { } objectNamespace && !LabelSyntax.IsDnsLabel(objectNamespace))
        {
            throw Invalid(draft, "metadata.namespace", objectNamespace, LabelSyntax.DnsLabelRule);
        }

        CheckLabels(draft);
        CheckAnnotations(draft);
        CheckOwners(draft);
        if (RequiredFields.Of(draft.Resource.Type.Type).Count > 0 && RequiredFields.Missing(draft.Root, draft.Resource.Type) is { Count: > 0 } missing)
        {
            throw Failures.Missing(draft.Resource, name, missing);
        }
    }

    private static void CheckLabels(ObjectDraft draft)
    {
        foreach ((string key, JsonNode? value) in draft.Metadata["labels"] as JsonObject ?? [])
        {
            string text = value!.GetValue<string>();
            if (!LabelSyntax.IsQualifiedName(key))
            {
                throw Invalid(draft, "metadata.labels", key, "a label key is an optional DNS prefix and a name of at most 63 letters, digits, '-', '_' or '.'");
            }

            if (!LabelSyntax.IsValue(text))
            {
                throw Invalid(draft, "metadata.labels", text, "a label value has at most 63 letters, digits, '-', '_' or '.', and begins and ends with a letter or digit");
            }
        }
    }

    private static void CheckAnnotations(ObjectDraft draft)
    {
        long bytes = 0;
        foreach ((string key, JsonNode? value) in draft.Metadata["annotations"] as JsonObject ?? [])
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value!.GetValue<string>());
            if (!LabelSyntax.IsQualifiedName(key.ToLowerInvariant()))
            {
                throw Invalid(draft, "metadata.annotations", key, "an annotation key is an optional DNS prefix and a name of at most 63 letters, digits, '-', '_' or '.'");
            }
        }

        if (bytes > MaxAnnotationBytes)
        {
            throw Failures.Invalid(draft.Resource, draft.Name!, "metadata.annotations", "FieldValueTooLong", $"Too long: may not be more than {MaxAnnotationBytes} bytes");
        }
    }

    private static void CheckOwners(ObjectDraft draft)
    {
        int controllers = 0;
        foreach (JsonObject owner in (draft.Metadata["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>())
        {
            foreach ((string field, string what) in ((string, string)[])[("apiVersion", "version must not be empty"), ("kind", "must not be empty"), ("name", "must not be empty"), ("uid", "must not be empty")])
            {
                if (JsonText.TextOf(owner, field) is not { Length: > 0 })
                {
                    throw Invalid(draft, $"metadata.ownerReferences.{field}", string.Empty, what);
                }
            }

            controllers += owner["controller"] is JsonValue controller && controller.TryGetValue(out bool isController) && isController ? 1 : 0;
        }

        if (controllers > 1)
        {
            throw Failures.Invalid(draft.Resource, draft.Name!, "metadata.ownerReferences", "FieldValueInvalid", "Invalid value: only one reference can have Controller set to true");
        }
    }

    private static ApiException Invalid(ObjectDraft draft, string field, string value, string rule) =>
        Failures.Invalid(draft.Resource, draft.Name!, field, "FieldValueInvalid", $"Invalid value: \"{value}\": {rule}");
}
