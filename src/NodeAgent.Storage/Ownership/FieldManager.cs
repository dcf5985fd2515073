// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Ownership;

/// <summary>Who set fields, and which. Source: Kubernetes API, ManagedFieldsEntry (meta/v1).</summary>
/// <param name="Operation">Shape: <c>Apply</c> or <c>Update</c>.</param>
/// <param name="Time">Shape: RFC 3339, whole seconds; when the fields last changed.</param>
internal sealed record FieldManager(string Name, string Operation, string ApiVersion, string Subresource, string Time, FieldSet Fields)
{
    public const string ApplyOperation = "Apply";
    public const string UpdateOperation = "Update";

    private const int MaxNameLength = 128;
    private const int MaxEntries = 256;

    public bool Applies => Operation == ApplyOperation;

    /// <summary>An applier is the same in every version of the API.</summary>
    public bool IsSameAs(FieldManager other) =>
        Name == other.Name && Operation == other.Operation && Subresource == other.Subresource && (Applies || ApiVersion == other.ApiVersion);

    /// <returns>Null: not a list of managers.</returns>
    public static List<FieldManager>? ReadAll(JsonNode? list)
    {
        if (list is not JsonArray { Count: <= MaxEntries } entries)
        {
            return null;
        }

        var managers = new List<FieldManager>();
        foreach (JsonNode? entry in entries)
        {
            if (entry is JsonObject { Count: 0 } && entries.Count == 1)
            {
                // How a client says that nobody manages anything.
                return [];
            }

            if (Read(entry as JsonObject) is not { } manager)
            {
                return null;
            }

            managers.Add(manager);
        }

        return managers;
    }

    /// <summary>Appliers first, then by time, as every API server lists them.</summary>
    public static JsonArray WriteAll(IEnumerable<FieldManager> managers) =>
        [.. managers.OrderBy(manager => manager.Operation, StringComparer.Ordinal).ThenBy(manager => manager.Time, StringComparer.Ordinal).ThenBy(manager => manager.Name, StringComparer.Ordinal).Select(manager => manager.Write())];

    /// <summary>How a conflict names it.</summary>
    public string Describe()
    {
        string name = Subresource.Length == 0 ? $"\"{Name}\"" : $"\"{Name}\" with subresource \"{Subresource}\"";
        return Applies ? name : Time.Length == 0 ? $"{name} using {ApiVersion}" : $"{name} using {ApiVersion} at {Time}";
    }

    private static FieldManager? Read(JsonObject? entry)
    {
        if (entry is null || Text(entry, "operation") is not (ApplyOperation or UpdateOperation) || Text(entry, "fieldsType") != "FieldsV1"
            || entry["fieldsV1"] is not JsonObject fields || Text(entry, "manager").Length > MaxNameLength)
        {
            return null;
        }

        try
        {
            return new FieldManager(Text(entry, "manager"), Text(entry, "operation"), Text(entry, "apiVersion"), Text(entry, "subresource"), Text(entry, "time"), FieldSet.Read(fields));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Text(JsonObject entry, string name) => JsonText.TextOf(entry, name) ?? string.Empty;

    private JsonObject Write()
    {
        var entry = new JsonObject { ["manager"] = Name, ["operation"] = Operation, ["apiVersion"] = ApiVersion };
        if (Time.Length > 0)
        {
            entry["time"] = Time;
        }

        entry["fieldsType"] = "FieldsV1";
        entry["fieldsV1"] = Fields.Write();
        if (Subresource.Length > 0)
        {
            entry["subresource"] = Subresource;
        }

        return entry;
    }
}
