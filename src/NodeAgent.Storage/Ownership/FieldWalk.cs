// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Ownership;

/// <summary>Documents by their fields: which a document has, how two differ, one laid upon another, fields taken away.</summary>
/// <remarks>A member that is null is one that is not there. Source: Kubernetes, "Server-Side Apply", and sigs.k8s.io/structured-merge-diff.</remarks>
internal static class FieldWalk
{
    /// <summary>The fields that a configuration sets.</summary>
    public static FieldSet FieldsOf(JsonObject document, JsonTypeInfo type)
    {
        var set = new FieldSet();
        Collect(document, type, string.Empty, [], set);
        Strip(set);
        return set;
    }

    /// <summary>What is new, other and gone in <paramref name="young"/>.</summary>
    public static FieldChanges Compare(JsonObject old, JsonObject young, JsonTypeInfo type)
    {
        var changes = new FieldChanges(new FieldSet(), new FieldSet());
        Compare(old, young, type, string.Empty, [], changes);
        Strip(changes.Changed);
        Strip(changes.Removed);
        return changes;
    }

    /// <summary>Lays a configuration upon a document, which is changed.</summary>
    public static void Merge(JsonObject document, JsonObject configuration, JsonTypeInfo type) => Merge(document, configuration, type, string.Empty);

    /// <summary>Takes the members of a set out of a document, and what is empty without them.</summary>
    public static void Remove(JsonObject document, FieldSet fields) => Remove(document, fields, isRoot: true);

    private static void Remove(JsonNode? node, FieldSet fields, bool isRoot)
    {
        foreach ((string step, FieldSet below) in fields.Children)
        {
            string name = step[2..];
            if (node is JsonObject members && step[0] == 'f')
            {
                if (below.IsMember)
                {
                    members.Remove(name);
                }
                else
                {
                    Remove(members[name], below, isRoot: false);
                    if (!isRoot && members[name] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                    {
                        members.Remove(name);
                    }
                }
            }
            else if (node is JsonArray items && items.FirstOrDefault(item => IsItem(item, step)) is { } item)
            {
                if (below.IsMember)
                {
                    items.Remove(item);
                }
                else
                {
                    Remove(item, below, isRoot: false);
                }
            }
        }
    }

    // Who the object is belongs to nobody.
    private static void Strip(FieldSet set)
    {
        set.RemoveBelow("f:apiVersion");
        set.RemoveBelow("f:kind");
        foreach (string field in (string[])["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "resourceVersion", "managedFields"])
        {
            set.RemoveBelow("f:metadata", $"f:{field}");
        }

        if (set.Children.TryGetValue("f:metadata", out FieldSet? metadata))
        {
            metadata.IsMember = false;
            if (metadata.IsEmpty)
            {
                set.RemoveBelow("f:metadata");
            }
        }
    }

    private static void Collect(JsonNode node, JsonTypeInfo? type, string path, string[] steps, FieldSet set)
    {
        FieldShape shape = FieldShape.Of(type, path, node);
        if (shape.Kind is FieldKind.Keyed or FieldKind.Set && node is JsonArray items)
        {
            foreach ((string step, JsonNode item) in Items(items, shape))
            {
                set.Insert([.. steps, step]);
                if (item is JsonObject)
                {
                    Collect(item, shape.TypeOf(string.Empty), Join(path, step), [.. steps, step], set);
                }
            }

            return;
        }

        if (shape.Kind is not (FieldKind.Struct or FieldKind.Map) || node is not JsonObject members)
        {
            set.Insert(steps);
            return;
        }

        foreach ((string name, JsonNode value) in Members(members))
        {
            string[] below = [.. steps, "f:" + name];
            Collect(value, shape.TypeOf(name), Join(path, name), below, set);
            if (shape.Kind == FieldKind.Map || value is JsonObject { Count: 0 })
            {
                set.Insert(below);
            }
        }
    }

    private static void Compare(JsonNode? old, JsonNode? young, JsonTypeInfo? type, string path, string[] steps, FieldChanges changes)
    {
        FieldShape shape = FieldShape.Of(type, path, young ?? old);
        Dictionary<string, JsonNode>? before = Parts(old, shape);
        Dictionary<string, JsonNode>? after = Parts(young, shape);
        if (before is null && after is null)
        {
            if (!JsonNode.DeepEquals(old, young))
            {
                (young is null ? changes.Removed : changes.Changed).Insert(steps);
            }

            return;
        }

        // The parts of the whole are there from the beginning; what is below them comes and goes.
        if ((before is null || after is null) && steps.Length > 1 && shape.Kind is not (FieldKind.Keyed or FieldKind.Set))
        {
            (after is null ? changes.Removed : changes.Changed).Insert(steps);
        }

        foreach (string step in (before?.Keys ?? Enumerable.Empty<string>()).Union(after?.Keys ?? Enumerable.Empty<string>()))
        {
            JsonNode? was = before?.GetValueOrDefault(step);
            JsonNode? becomes = after?.GetValueOrDefault(step);
            string[] below = [.. steps, step];
            if (step[0] != 'f' && (was is null) != (becomes is null))
            {
                (becomes is null ? changes.Removed : changes.Changed).Insert(below);
            }

            if (step[0] != 'v')
            {
                string name = step[0] == 'f' ? step[2..] : string.Empty;
                Compare(was, becomes, shape.TypeOf(name), Join(path, step[0] == 'f' ? name : step), below, changes);
            }
        }
    }

    private static void Merge(JsonObject document, JsonObject configuration, JsonTypeInfo? type, string path)
    {
        FieldShape shape = FieldShape.Of(type, path, configuration);
        foreach ((string name, JsonNode value) in Members(configuration))
        {
            JsonTypeInfo? below = shape.TypeOf(name);
            FieldShape kind = FieldShape.Of(below, Join(path, name), value);
            if (kind.Kind is FieldKind.Struct or FieldKind.Map && value is JsonObject wanted && document[name] is JsonObject there)
            {
                Merge(there, wanted, below, Join(path, name));
            }
            else if (kind.Kind is FieldKind.Keyed or FieldKind.Set && value is JsonArray added && document[name] is JsonArray items)
            {
                MergeItems(items, added, kind, Join(path, name));
            }
            else if (!JsonNode.DeepEquals(document[name], value))
            {
                document[name] = value.DeepClone();
            }
        }
    }

    private static void MergeItems(JsonArray items, JsonArray added, FieldShape shape, string path)
    {
        foreach ((string step, JsonNode item) in Items(added, shape))
        {
            JsonNode? there = items.FirstOrDefault(candidate => IsItem(candidate, step));
            if (there is null)
            {
                items.Add(item.DeepClone());
            }
            else if (there is JsonObject known && item is JsonObject wanted)
            {
                Merge(known, wanted, shape.TypeOf(string.Empty), Join(path, step));
            }
        }
    }

    // Null: the value is one whole.
    private static Dictionary<string, JsonNode>? Parts(JsonNode? node, FieldShape shape) => (shape.Kind, node) switch
    {
        (FieldKind.Struct or FieldKind.Map, JsonObject members) => Members(members).ToDictionary(member => "f:" + member.Name, member => member.Value),
        (FieldKind.Keyed or FieldKind.Set, JsonArray items) => Items(items, shape).ToDictionary(item => item.Step, item => item.Item),
        _ => null,
    };

    private static IEnumerable<(string Name, JsonNode Value)> Members(JsonObject node) =>
        node.Where(member => member.Value is not null).Select(member => (member.Key, member.Value!));

    private static IEnumerable<(string Step, JsonNode Item)> Items(JsonArray items, FieldShape shape) =>
        items.Where(item => item is not null).Select(item => (StepOf(item!, shape), item!)).DistinctBy(item => item.Item1);

    private static string StepOf(JsonNode item, FieldShape shape) => shape.Kind == FieldKind.Keyed
        ? "k:" + Text(new JsonObject { [shape.Key] = item is JsonObject members ? members[shape.Key]?.DeepClone() : null })
        : "v:" + Text(item);

    private static bool IsItem(JsonNode? item, string step)
    {
        if (step[0] == 'v')
        {
            return item is not null && "v:" + Text(item) == step;
        }

        return item is JsonObject members && JsonNode.Parse(step[2..]) is JsonObject key && key.All(part => JsonNode.DeepEquals(members[part.Key], part.Value));
    }

    private static string Text(JsonNode node) => System.Text.Encoding.UTF8.GetString(JsonText.Write(node));

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <param name="Changed">New or of another value.</param>
/// <param name="Removed">Not there any more, with all that was below.</param>
internal sealed record FieldChanges(FieldSet Changed, FieldSet Removed)
{
    public bool IsEmpty => Changed.IsEmpty && Removed.IsEmpty;
}
