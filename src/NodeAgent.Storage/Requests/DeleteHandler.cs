// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Representation;

namespace NodeAgent.Storage.Requests;

/// <summary>Delete and deletecollection.</summary>
internal sealed class DeleteHandler(ObjectMutations mutations, IObjectStore store, StorageOptions options, TimeProvider time)
{
    public async Task DeleteAsync(ApiRequest request)
    {
        request.Accepted();
        DeleteOptions delete = await DeleteOptionsReader.ReadAsync(request, options.MaxRequestBodyBytes);
        bool dryRun = request.IsDryRun("DeleteOptions") || delete.DryRun is ["All"];
        (StoredObject item, bool gone) = await mutations.DeleteAsync(
            request.Resource, request.Key, delete, stored => Check(request, delete.Preconditions, stored), dryRun, request.Aborted);
        if (!gone)
        {
            await request.WriteObjectAsync(200, item, time.GetUtcNow());
            return;
        }

        await ApiRequest.WriteAsync(request.Http.Response, 200, Deleted(request, item), MetaJsonContext.Readable.Status);
    }

    public async Task DeleteCollectionAsync(ApiRequest request, ListOptions list)
    {
        ObjectRepresentation representation = request.Accepted();
        DeleteOptions delete = await DeleteOptionsReader.ReadAsync(request, options.MaxRequestBodyBytes);
        bool dryRun = request.IsDryRun("DeleteOptions") || delete.DryRun is ["All"];
        List<StoredObject> selected;
        long revision;
        using (ListSnapshot snapshot = store.List(new ListRequest(request.Resource.QualifiedName, request.ObjectNamespace)))
        {
            revision = snapshot.Revision;
            IEnumerable<StoredObject> matching = snapshot.Objects.Where(list.Selects);
            selected = [.. list.Limit > 0 ? matching.Take(list.Limit) : matching];
        }

        foreach (StoredObject item in selected)
        {
            try
            {
                await mutations.DeleteAsync(request.Resource, item.Key, delete, stored => Check(request, delete.Preconditions, stored), dryRun, request.Aborted);
            }
            catch (ApiException error) when (error.Status.Code == 404)
            {
                // Someone else was quicker; gone is what was wanted.
            }
        }

        var form = new ObjectWriter(request.Resource, representation, time.GetUtcNow());
        await ApiRequest.WriteJsonAsync(request.Http.Response, 200, writer =>
        {
            form.BeginList(writer, revision, null);
            selected.ForEach(item => form.WriteItem(writer, item));
            ObjectWriter.EndList(writer);
        });
    }

    private static Status Deleted(ApiRequest request, StoredObject item)
    {
        JsonNode metadata = ObjectDraft.Parse(item)["metadata"]!;
        return new Status
        {
            Result = "Success",
            Details = new StatusDetails
            {
                Name = item.Key.Name,
                Group = request.Resource.Group,
                Kind = request.Resource.Plural,
                Uid = metadata["uid"]!.GetValue<string>(),
            },
        };
    }

    private static void Check(ApiRequest request, Preconditions? preconditions, StoredObject stored)
    {
        if (preconditions?.Uid is { } uid)
        {
            string found = ObjectDraft.Parse(stored)["metadata"]!["uid"]!.GetValue<string>();
            if (found != uid)
            {
                throw Failures.Precondition(request.Resource, stored.Key.Name, "UID", uid, found);
            }
        }

        string revision = stored.Revision.ToString(CultureInfo.InvariantCulture);
        if (preconditions?.ResourceVersion is { } wanted && wanted != revision)
        {
            throw Failures.Precondition(request.Resource, stored.Key.Name, "ResourceVersion", wanted, revision);
        }
    }
}
