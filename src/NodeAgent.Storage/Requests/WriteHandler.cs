// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeAgent.Storage.Consolidation;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>Create, update, patch.</summary>
internal sealed class WriteHandler(ObjectMutations mutations, ApplyHandler apply, ChunkConsolidator chunks, StorageOptions options, TimeProvider time)
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    public async Task CreateAsync(ApiRequest request)
    {
        request.Accepted();
        RequestBody.RequireJson(request.Http);
        bool dryRun = request.IsDryRun("CreateOptions");
        ObjectDraft draft = await ReadAsync(request, "CreateOptions");
        CheckNamespace(draft, request);
        StoredObject stored = ChunkConsolidator.IsChunk(draft)
            ? await chunks.TakeAsync(draft, request.ObjectNamespace!, dryRun, request.Aborted)
            : await mutations.CreateAsync(draft, request.ObjectNamespace, ManagerName.Of(request, "CreateOptions"), dryRun, request.Aborted);
        Warn(request, draft);
        await request.WriteObjectAsync(201, dryRun ? WithoutRevision(stored) : stored, time.GetUtcNow());
    }

    public async Task UpdateAsync(ApiRequest request)
    {
        request.Accepted();
        RequestBody.RequireJson(request.Http);
        bool dryRun = request.IsDryRun("UpdateOptions");
        ObjectDraft draft = await ReadAsync(request, "UpdateOptions");
        CheckNamespace(draft, request);
        if (draft.Name != request.Name)
        {
            throw Failures.BadRequest($"the name of the object ({draft.Name}) does not match the name on the URL ({request.Name})");
        }

        // A fresh copy for each attempt: what the server fills in depends on what is stored then.
        StoredObject stored = ChunkConsolidator.IsChunk(draft) ? await chunks.TakeAsync(draft, request.ObjectNamespace!, dryRun, request.Aborted) : await mutations.UpdateAsync(
            request.Resource, request.Key, _ => ObjectDraft.From((JsonObject)draft.Root.DeepClone(), request.Resource, [], "Ignore"), ManagerName.Of(request, "UpdateOptions"), request.Subresource, dryRun, request.Aborted);
        Warn(request, draft);
        await request.WriteObjectAsync(200, stored, time.GetUtcNow());
    }

    public async Task PatchAsync(ApiRequest request)
    {
        request.Accepted();
        string type = RequestBody.MediaType(request.Http);
        if (type == ApplyHandler.MediaType)
        {
            await apply.ApplyAsync(request);
            return;
        }

        if (type is not (JsonPatchType or MergePatchType or StrategicType))
        {
            throw Failures.UnsupportedMediaType(JsonPatchType, MergePatchType, ApplyHandler.MediaType);
        }

        if (request.Query.ContainsKey("force"))
        {
            throw Failures.InvalidOptions("PatchOptions", "force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch");
        }

        bool dryRun = request.IsDryRun("PatchOptions");
        string validation = FieldValidation(request, "PatchOptions");
        JsonNode? patch = RequestBody.ParsePatch(await RequestBody.ReadAsync(request.Http, options.MaxRequestBodyBytes));
        if (type == StrategicType && !MergePatch.CoversStrategic(patch))
        {
            throw Failures.UnsupportedMediaType(JsonPatchType, MergePatchType, "application/strategic-merge-patch+json without directives and merged lists");
        }

        ObjectDraft? draft = null;
        StoredObject stored = await mutations.UpdateAsync(
            request.Resource, request.Key, stored => draft = Patched(request, stored, type, patch, validation), ManagerName.Of(request, "PatchOptions"), request.Subresource, dryRun, request.Aborted);
        Warn(request, draft!);
        await request.WriteObjectAsync(200, stored, time.GetUtcNow());
    }

    private static ObjectDraft Patched(ApiRequest request, StoredObject stored, string type, JsonNode? patch, string validation)
    {
        JsonNode? result;
        try
        {
            result = type == JsonPatchType
                ? JsonPatch.Apply(ObjectDraft.Parse(stored), patch)
                : MergePatch.Apply(ObjectDraft.Parse(stored), patch as JsonObject ?? throw Failures.BadRequest("error decoding patch: a merge patch of an object is an object"));
        }
        catch (PatchException)
        {
            throw Failures.PatchRejected();
        }

        ObjectDraft draft = ObjectDraft.From(result as JsonObject ?? throw Failures.PatchRejected(), request.Resource, [], validation);
        CheckNamespace(draft, request);
        if (draft.Name != request.Name)
        {
            throw Failures.BadRequest($"the name of the object ({draft.Name}) does not match the name on the URL ({request.Name})");
        }

        // Only a revision that the patch itself names is a condition.
        if (draft.Text("resourceVersion") == stored.Revision.ToString(CultureInfo.InvariantCulture))
        {
            draft.Set("resourceVersion", null);
        }

        return draft;
    }

    internal static void CheckNamespace(ObjectDraft draft, ApiRequest request)
    {
        if (draft.Text("namespace") is { } given && given != (request.ObjectNamespace ?? string.Empty))
        {
            throw Failures.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    internal static string FieldValidation(ApiRequest request, string optionsKind)
    {
        string directive = request.Query["fieldValidation"].ToString();
        return directive switch
        {
            "" => "Warn",
            "Strict" or "Warn" or "Ignore" => directive,
            _ => throw Failures.InvalidOptions(
                optionsKind, "fieldValidation", "FieldValueNotSupported", $"Unsupported value: \"{directive}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
        };
    }

    // Source: RFC 7234 section 5.5; clients print the text.
    internal static void Warn(ApiRequest request, ObjectDraft draft)
    {
        foreach (string warning in draft.Warnings.Take(10))
        {
            string text = string.Concat(warning.Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?'));
            request.Http.Response.Headers.Append("Warning", new StringValues($"299 - \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
        }
    }

    internal static StoredObject WithoutRevision(StoredObject stored)
    {
        JsonObject root = ObjectDraft.Parse(stored);
        ((JsonObject)root["metadata"]!).Remove("resourceVersion");
        return stored with { Body = JsonText.Write(root) };
    }

    private async Task<ObjectDraft> ReadAsync(ApiRequest request, string optionsKind)
    {
        string validation = FieldValidation(request, optionsKind);
        byte[] body = await RequestBody.ReadAsync(request.Http, options.MaxRequestBodyBytes);
        if (ObjectDraft.FromPlain(body, request.Resource) is { } plain)
        {
            return plain;
        }

        var duplicates = new List<string>();
        return ObjectDraft.From(RequestBody.ParseObject(body, request.Resource, duplicates), request.Resource, duplicates, validation);
    }
}
