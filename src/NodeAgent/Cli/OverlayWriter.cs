// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Cli;

/// <summary>Reads and adds to a workload's overlay: an ApplicationProfile and a NetworkNeighborhood that a user manages.</summary>
/// <remarks>Works on the JSON, so that what it does not know stays.</remarks>
internal static class OverlayWriter
{
    private static readonly string[] ApplicationFields = ["execs", "opens", "capabilities", "endpoints"];
    private static readonly string[] NetworkFields = ["ingress", "egress"];

    /// <summary>What a drift may hold and an overlay takes. Shape: the fields of a profile.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. ApplicationFields, .. NetworkFields];

    /// <remarks>Errors: <see cref="CommandException"/> when the drift does not say whose it is.</remarks>
    public static string WorkloadOf(ProfileDrift drift) =>
        drift.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.WorkloadSlug) ?? throw Nameless(drift);

    /// <inheritdoc cref="WorkloadOf"/>
    public static InstanceId InstanceOf(ProfileDrift drift) =>
        InstanceId.TryParse(drift.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.InstanceId) ?? string.Empty, out InstanceId? id) ? id : throw Nameless(drift);

    /// <summary>The overlay as agents understand it.</summary>
    public static async Task<UserProfiles> ReadAsync(StorageClient client, ProfileDrift drift, CancellationToken stop)
    {
        ApplicationProfile? application = await GetAsync(client, ApplicationProfile.Plural, drift, ApiJsonContext.Readable.ApplicationProfile, stop).ConfigureAwait(false);
        NetworkNeighborhood? network = await GetAsync(client, NetworkNeighborhood.Plural, drift, ApiJsonContext.Readable.NetworkNeighborhood, stop).ConfigureAwait(false);
        return new UserProfiles([], application is null ? [] : [application], network is null ? [] : [network]);
    }

    public static async Task AddAsync(StorageClient client, ProfileDrift drift, CancellationToken stop)
    {
        await AddAsync(client, drift, ApplicationProfile.Plural, ApplicationProfile.KindName, ApplicationFields, stop).ConfigureAwait(false);
        await AddAsync(client, drift, NetworkNeighborhood.Plural, NetworkNeighborhood.KindName, NetworkFields, stop).ConfigureAwait(false);
    }

    /// <summary>The overlay that holds what the drift does, and nothing else.</summary>
    public static IReadOnlyList<JsonObject> Compose(ProfileDrift drift)
    {
        JsonObject spec = JsonSerializer.SerializeToNode(drift.Spec!, ApiJsonContext.Readable.ContainerProfileSpec)!.AsObject();
        var overlays = new List<JsonObject>();
        foreach ((string kind, string[] fields) in ((string, string[])[])[(ApplicationProfile.KindName, [.. ApplicationFields, "syscalls"]), (NetworkNeighborhood.KindName, NetworkFields)])
        {
            if (Array.Exists(fields, field => spec[field] is JsonArray { Count: > 0 }))
            {
                JsonObject overlay = New(drift, kind, UserProfiles.OverlayPrefix + WorkloadOf(drift));
                JsonObject container = ContainerIn(overlay, InstanceOf(drift));
                Array.ForEach(fields, field => Unite(container, field, spec[field] as JsonArray));
                overlays.Add(overlay);
            }
        }

        return overlays;
    }

    private static CommandException Nameless(ProfileDrift drift) =>
        new($"profiledrift {drift.Metadata.Namespace}/{drift.Metadata.Name} does not say whose it is: annotation {KubescapeAnnotations.WorkloadSlug} or {KubescapeAnnotations.InstanceId} is missing");

    private static async Task<T?> GetAsync<T>(StorageClient client, string plural, ProfileDrift drift, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class =>
        await client.GetAsync(plural, drift.Metadata.Namespace!, UserProfiles.OverlayPrefix + WorkloadOf(drift), stop).ConfigureAwait(false) is { } item
            ? JsonSerializer.Deserialize(item.Json.Span, type)
            : null;

    private static async Task AddAsync(StorageClient client, ProfileDrift drift, string plural, string kind, string[] fields, CancellationToken stop)
    {
        JsonObject spec = JsonSerializer.SerializeToNode(drift.Spec!, ApiJsonContext.Readable.ContainerProfileSpec)!.AsObject();
        if (!Array.Exists(fields, field => spec[field] is JsonArray { Count: > 0 }))
        {
            return;
        }

        string space = drift.Metadata.Namespace!;
        string name = UserProfiles.OverlayPrefix + WorkloadOf(drift);
        JsonObject overlay = await client.GetAsync(plural, space, name, stop).ConfigureAwait(false) is { } known
            ? JsonNode.Parse(known.Json.Span)!.AsObject()
            : New(drift, kind, name);
        JsonObject container = ContainerIn(overlay, InstanceOf(drift));
        foreach (string field in fields)
        {
            Unite(container, field, spec[field] as JsonArray);
        }

        await client.ApplyAsync(new ApiObject(plural, space, name, Encoding.UTF8.GetBytes(overlay.ToJsonString(Output.JsonText.Indented))), stop).ConfigureAwait(false);
    }

    private static JsonObject New(ProfileDrift drift, string kind, string name)
    {
        IEnumerable<KeyValuePair<string, string>> labels = drift.Metadata.Labels ?? new Dictionary<string, string>();
        return new JsonObject
        {
            ["apiVersion"] = SoftwareCompositionGroup.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = drift.Metadata.Namespace,
                ["labels"] = new JsonObject(labels.Where(label => label.Key != KubescapeLabels.ContainerName).Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
                ["annotations"] = new JsonObject
                {
                    [KubescapeAnnotations.ManagedBy] = KubescapeAnnotations.ManagedByUser,

                    // What tools that list profiles ask for first.
                    [KubescapeAnnotations.Status] = ProfileStatus.Completed,
                    [KubescapeAnnotations.Completion] = ProfileCompletion.Complete,
                },
            },
        };
    }

    private static JsonObject ContainerIn(JsonObject overlay, InstanceId id)
    {
        JsonObject spec = Child(overlay, "spec");
        if (spec[id.ContainerType.ToFieldName()] is not JsonArray containers)
        {
            spec[id.ContainerType.ToFieldName()] = containers = [];
        }

        if (containers.FirstOrDefault(one => one?["name"]?.ToString() == id.ContainerName) is JsonObject known)
        {
            return known;
        }

        var container = new JsonObject { ["name"] = id.ContainerName };
        containers.Add((JsonNode)container);
        return container;
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    private static void Unite(JsonObject container, string field, JsonArray? added)
    {
        if (added is not { Count: > 0 })
        {
            return;
        }

        JsonArray all = container[field] as JsonArray ?? [];
        container[field] = new JsonArray([.. all.Concat(added).Select(entry => entry?.ToJsonString()).Distinct().Select(text => text is null ? null : JsonNode.Parse(text))]);
    }
}
