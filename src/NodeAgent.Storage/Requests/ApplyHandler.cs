// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Ownership;

namespace NodeAgent.Storage.Requests;

/// <summary>Server-side apply: a patch with the fields that somebody wants to be so, in YAML or JSON.</summary>
internal sealed class ApplyHandler(ObjectMutations mutations, IObjectStore store, StorageOptions options, TimeProvider time)
{
    public const string MediaType = "application/apply-patch+yaml";

    // An object that comes and goes between looking and writing.
    private const int MaxRetries = 5;

    public async Task ApplyAsync(ApiRequest request)
    {
        string manager = ManagerName.OfApplier(request);
        bool dryRun = request.IsDryRun("PatchOptions");
        bool isForced = request.Query["force"].ToString() is "true" or "1";
        string validation = WriteHandler.FieldValidation(request, "PatchOptions");
        JsonObject configuration = await ReadAsync(request);
        var warned = ObjectDraft.From(configuration, request.Resource, [], validation);
        CheckIdentity(request, warned);
        StatusSubresource.Confine(configuration, request);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                bool exists = store.Get(request.Key) is not null;
                if (!exists && request.Subresource.Length > 0)
                {
                    throw Failures.NotFound(request.Resource, request.Name!);
                }

                StoredObject result = exists
                    ? await mutations.UpdateAsync(request.Resource, request.Key, stored => Applied(request, ObjectDraft.Parse(stored), configuration, manager, isForced), null, request.Subresource, dryRun, request.Aborted)
                    : await mutations.CreateAsync(Applied(request, [], configuration, manager, isForced), request.ObjectNamespace, null, dryRun, request.Aborted);
                WriteHandler.Warn(request, warned);
                await request.WriteObjectAsync(exists ? 200 : 201, dryRun && !exists ? WriteHandler.WithoutRevision(result) : result, time.GetUtcNow());
                return;
            }
            catch (FieldConflictException conflict)
            {
                throw Failures.ApplyConflict(conflict);
            }
            catch (ApiException error) when (attempt < MaxRetries && request.Subresource.Length == 0 && error.Status.Reason is Api.Meta.StatusReason.NotFound or Api.Meta.StatusReason.AlreadyExists)
            {
                // Somebody else deleted or made it meanwhile.
            }
        }
    }

    private ObjectDraft Applied(ApiRequest request, JsonObject live, JsonObject configuration, string manager, bool isForced)
    {
        bool creates = live.Count == 0;
        if (creates)
        {
            live = new JsonObject { ["apiVersion"] = request.Resource.GroupVersion, ["kind"] = request.Resource.Kind, ["metadata"] = new JsonObject() };
        }

        JsonObject young = FieldOwnership.Apply(live, configuration, request.Resource.Type, manager, request.Resource.GroupVersion, ObjectDraft.Timestamp(time), isForced, request.Subresource);
        ObjectDraft draft = ObjectDraft.From(young, request.Resource, [], "Ignore");

        // A revision is a condition only when the configuration names it.
        string? condition = configuration["metadata"] is JsonObject metadata ? JsonText.TextOf(metadata, "resourceVersion") : null;
        draft.Set("resourceVersion", condition);
        draft.Set("name", request.Name);
        return draft;
    }

    private static void CheckIdentity(ApiRequest request, ObjectDraft draft)
    {
        WriteHandler.CheckNamespace(draft, request);
        if (draft.Name is { } name && name != request.Name)
        {
            throw Failures.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        }

        if (draft.Metadata["managedFields"] is JsonArray { Count: > 0 })
        {
            throw Failures.BadRequest("metadata.managedFields must be nil");
        }

        draft.Set("managedFields", null);
    }

    private async Task<JsonObject> ReadAsync(ApiRequest request)
    {
        byte[] body = await RequestBody.ReadAsync(request.Http, options.MaxRequestBodyBytes);
        JsonNode? root;
        try
        {
            // JSON is YAML too, and is read without the detour.
            root = body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..] ? RequestBody.ParsePatch(body) : YamlText.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body));
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            throw Failures.BadRequest(string.Create(CultureInfo.InvariantCulture, $"error decoding YAML: {error.Message}"));
        }

        return root is JsonObject configuration && configuration["apiVersion"] is JsonValue && configuration["kind"] is JsonValue
            ? configuration
            : throw Failures.BadRequest("error decoding YAML: an applied configuration is an object with apiVersion and kind");
    }
}
