// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Ownership;

/// <summary>A set of fields, by path. Source: Kubernetes API, FieldsV1.</summary>
/// <remarks>Shape of a path's steps: <c>f:name</c> a member, <c>k:{"uid":"…"}</c> an item by its key, <c>v:"text"</c> an item of a set.</remarks>
internal sealed class FieldSet
{
    private const string Self = ".";

    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>Whether the field itself is in the set, beside those below it.</summary>
    public bool IsMember { get; set; }

    public IReadOnlyDictionary<string, FieldSet> Children => _children;

    public bool IsEmpty => !IsMember && _children.Count == 0;

    /// <exception cref="FormatException">Not of that form.</exception>
    public static FieldSet Read(JsonObject fields)
    {
        var set = new FieldSet();
        foreach ((string name, JsonNode? below) in fields)
        {
            if (name == Self)
            {
                set.IsMember = true;
                continue;
            }

            if (name.Length < 2 || name[1] != ':' || below is not JsonObject children)
            {
                throw new FormatException($"'{name}' is no field of FieldsV1");
            }

            FieldSet child = Read(children);

            // One without anything below it is a field.
            child.IsMember |= children.Count == 0;
            set._children[name] = child;
        }

        return set;
    }

    public JsonObject Write()
    {
        var fields = new JsonObject();
        if (IsMember && _children.Count > 0)
        {
            fields[Self] = new JsonObject();
        }

        foreach ((string name, FieldSet child) in _children)
        {
            fields[name] = child.Write();
        }

        return fields;
    }

    public void Insert(IReadOnlyList<string> path) => Descend(path).IsMember = true;

    /// <summary>Takes away a field with all below it.</summary>
    public void RemoveBelow(params ReadOnlySpan<string> path)
    {
        if (path.Length == 1)
        {
            _children.Remove(path[0]);
        }
        else if (_children.TryGetValue(path[0], out FieldSet? child))
        {
            child.RemoveBelow(path[1..]);
            if (child.IsEmpty)
            {
                _children.Remove(path[0]);
            }
        }
    }

    public FieldSet Union(FieldSet other) => Combine(other, (mine, theirs) => mine || theirs);

    public FieldSet Except(FieldSet other) => Combine(other, (mine, theirs) => mine && !theirs);

    public FieldSet Intersect(FieldSet other) => Combine(other, (mine, theirs) => mine && theirs);

    /// <summary>The same with the root, and every field above a member, as a member too.</summary>
    public FieldSet WithParents()
    {
        var set = new FieldSet { IsMember = true };
        foreach ((string name, FieldSet child) in _children)
        {
            set._children[name] = child.WithParents();
        }

        return set;
    }

    public bool Equal(FieldSet other) => JsonNode.DeepEquals(Write(), other.Write());

    /// <summary>Every member, in order.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    private IEnumerable<IReadOnlyList<string>> Paths(IReadOnlyList<string> above)
    {
        if (IsMember && above.Count > 0)
        {
            yield return above;
        }

        foreach ((string name, FieldSet child) in _children)
        {
            foreach (IReadOnlyList<string> path in child.Paths([.. above, name]))
            {
                yield return path;
            }
        }
    }

    private FieldSet Descend(IReadOnlyList<string> path)
    {
        FieldSet at = this;
        foreach (string step in path)
        {
            if (!at._children.TryGetValue(step, out FieldSet? child))
            {
                at._children[step] = child = new FieldSet();
            }

            at = child;
        }

        return at;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> isMember)
    {
        var result = new FieldSet { IsMember = isMember(IsMember, other.IsMember) };
        foreach (string name in _children.Keys.Union(other._children.Keys))
        {
            FieldSet none = Empty();
            FieldSet child = _children.GetValueOrDefault(name, none).Combine(other._children.GetValueOrDefault(name, none), isMember);
            if (!child.IsEmpty)
            {
                result._children[name] = child;
            }
        }

        return result;
    }

    private static FieldSet Empty() => new();
}
