// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace NodeAgent.Storage.Ownership;

/// <summary>Keeps <c>metadata.managedFields</c> true, and applies configurations.</summary>
/// <remarks>Source: Kubernetes, "Server-Side Apply".</remarks>
internal static class FieldOwnership
{
    private const string Member = "managedFields";
    private const string BeforeFirstApply = "before-first-apply";

    /// <summary>Somebody wrote a document: what is other in it is theirs now, and nobody else's.</summary>
    /// <param name="old">What was there; empty = nothing.</param>
    /// <param name="young">What comes; its list of managers is set. One that it brings, and that is one, counts instead of the old one.</param>
    public static void Update(JsonObject old, JsonObject young, JsonTypeInfo type, string manager, string apiVersion, string time, string subresource = "")
    {
        JsonNode? given = young["metadata"]?[Member];
        JsonNode? known = old["metadata"]?[Member];
        List<FieldManager> managers = (given is JsonArray { Count: > 0 } ? FieldManager.ReadAll(given) : null) ?? FieldManager.ReadAll(known) ?? [];
        FieldChanges changes = FieldWalk.Compare(old, young, type);
        if (changes.IsEmpty)
        {
            Set(young, given is JsonArray { Count: > 0 } && FieldManager.ReadAll(given) is not null ? FieldManager.WriteAll(managers) : known?.DeepClone());
            return;
        }

        var self = new FieldManager(manager, FieldManager.UpdateOperation, apiVersion, subresource, time, new FieldSet());
        self = managers.Find(self.IsSameAs) ?? self;
        FieldSet fields = self.Fields.Except(changes.Removed).Union(changes.Changed);
        List<FieldManager> others = Without(managers.Where(other => !ReferenceEquals(other, self)), changes.Changed.Union(changes.Removed));
        Set(young, FieldManager.WriteAll([.. others, .. Owning(self, fields, time)]));
    }

    /// <summary>Lays a configuration upon a document.</summary>
    /// <param name="live">Empty = nothing is there yet.</param>
    /// <param name="isForced">Take fields from others who have set them.</param>
    /// <returns>The new document, with its managers.</returns>
    /// <exception cref="FieldConflictException">Somebody else has set a field to something else.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject configuration, JsonTypeInfo type, string manager, string apiVersion, string time, bool isForced, string subresource = "")
    {
        List<FieldManager> managers = FieldManager.ReadAll(live["metadata"]?[Member]) ?? [];
        FieldSet unowned = managers.Count == 0 ? FieldWalk.Compare([], live, type).Changed : new FieldSet();
        if (!unowned.IsEmpty)
        {
            // What is there without anybody's name, such as what agents learned, is not taken in silence.
            managers.Add(new FieldManager(BeforeFirstApply, FieldManager.UpdateOperation, apiVersion, string.Empty, time, unowned));
        }

        var self = new FieldManager(manager, FieldManager.ApplyOperation, apiVersion, subresource, time, new FieldSet());
        self = managers.Find(self.IsSameAs) ?? self;
        FieldSet fields = FieldWalk.FieldsOf(configuration, type);
        FieldManager[] others = [.. managers.Where(other => !ReferenceEquals(other, self))];

        var young = (JsonObject)live.DeepClone();
        FieldWalk.Merge(young, configuration, type);
        FieldWalk.Remove(young, Dropped(self.Fields, fields, others));
        FieldChanges changes = FieldWalk.Compare(live, young, type);
        (FieldManager Manager, FieldSet Fields)[] conflicts = [.. others.Select(other => (other, other.Fields.Intersect(changes.Changed))).Where(pair => !pair.Item2.IsEmpty)];
        if (conflicts.Length > 0 && !isForced)
        {
            throw new FieldConflictException([.. conflicts.SelectMany(conflict => conflict.Fields.Paths().Select(path => (conflict.Manager.Describe(), Show(path))))]);
        }

        List<FieldManager> left = Without(others, changes.Changed.Union(changes.Removed));
        Set(young, FieldManager.WriteAll([.. left, .. Owning(self with { ApiVersion = apiVersion }, fields, time)]));
        return young;
    }

    // What was applied before and is not now goes, unless somebody else has set it too.
    private static FieldSet Dropped(FieldSet before, FieldSet now, IEnumerable<FieldManager> others)
    {
        FieldSet kept = others.Aggregate(now, (all, other) => all.Union(other.Fields));
        return before.Except(kept.WithParents());
    }

    private static List<FieldManager> Without(IEnumerable<FieldManager> managers, FieldSet fields) =>
        [.. managers.Select(manager => manager with { Fields = manager.Fields.Except(fields) }).Where(manager => !manager.Fields.IsEmpty)];

    private static IEnumerable<FieldManager> Owning(FieldManager manager, FieldSet fields, string time) =>
        fields.IsEmpty ? [] : [manager with { Fields = fields, Time = fields.Equal(manager.Fields) ? manager.Time : time }];

    private static void Set(JsonObject document, JsonNode? managers)
    {
        var metadata = (JsonObject)document["metadata"]!;
        if (managers is JsonArray { Count: > 0 })
        {
            metadata[Member] = managers;
        }
        else
        {
            metadata.Remove(Member);
        }
    }

    // Shape: .spec.list[uid="x"].name
    private static string Show(IReadOnlyList<string> path) => string.Concat(path.Select(step => step[0] switch
    {
        'f' => "." + step[2..],
        'k' => $"[{string.Join(',', ((JsonObject)JsonNode.Parse(step[2..])!).Select(part => $"{part.Key}={part.Value?.ToJsonString()}"))}]",
        _ => $"[={step[2..]}]",
    }));
}

/// <summary>Fields that others have set to something else.</summary>
internal sealed class FieldConflictException(IReadOnlyList<(string Manager, string Path)> conflicts) : Exception("conflicts of field managers")
{
    public IReadOnlyList<(string Manager, string Path)> Conflicts { get; } = conflicts;
}
