// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.NetworkPolicy.Tests.Outputs;

/// <summary>Holds a document against the definitions of fields of a kind, as the API server's structural schemas do; a field that is not defined is a fault.</summary>
/// <remarks>Shape of the files: JSON schema with <c>definitions</c>, which <c>$ref</c> names. Their content: field definitions of the published CRDs.</remarks>
internal sealed class SchemaValidator
{
    private readonly JsonObject _schema;
    private readonly List<string> _faults = [];

    private SchemaValidator(JsonObject schema) => _schema = schema;

    /// <returns>Shape: <c>$.spec.egress[0]: what is wrong</c>.</returns>
    public static IReadOnlyList<string> Faults(string schemaName, JsonNode document)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Outputs", "Schemas", schemaName + ".json");
        var validator = new SchemaValidator(JsonNode.Parse(File.ReadAllText(file))!.AsObject());
        validator.Check(validator._schema, document, "$");
        return validator._faults;
    }

    private void Check(JsonObject given, JsonNode? node, string path)
    {
        JsonObject schema = given["$ref"]?.GetValue<string>() is { } name ? _schema["definitions"]![name]!.AsObject() : given;
        if (schema["type"] is { } type && !Types(type).Contains(TypeOf(node)))
        {
            _faults.Add($"{path}: is {TypeOf(node)}, not {type.ToJsonString()}");
            return;
        }

        switch (node)
        {
            case JsonObject item:
                CheckObject(schema, item, path);
                break;
            case JsonArray array:
                CheckSize(schema, "Items", array.Count, path);
                for (int i = 0; i < array.Count; i++)
                {
                    Check(schema["items"]!.AsObject(), array[i], $"{path}[{i}]");
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                CheckText(schema, value.GetValue<string>(), path);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                long number = value.Deserialize<long>();
                Require(schema["minimum"] is not { } least || number >= least.GetValue<long>(), path, $"{number} is too small");
                Require(schema["maximum"] is not { } most || number <= most.GetValue<long>(), path, $"{number} is too large");
                break;
        }
    }

    private void CheckObject(JsonObject schema, JsonObject item, string path)
    {
        CheckSize(schema, "Properties", item.Count, path);
        foreach (JsonNode? required in schema["required"]?.AsArray() ?? [])
        {
            Require(item.ContainsKey(required!.GetValue<string>()), path, $"has no {required}");
        }

        Require(schema["oneOf"] is not JsonArray one || Holding(one, item) == 1, path, "is not exactly one of what it may be");
        Require(schema["anyOf"] is not JsonArray any || Holding(any, item) > 0, path, "is none of what it may be");
        foreach ((string name, JsonNode? value) in item)
        {
            if ((schema["properties"]?[name] ?? schema["additionalProperties"]) is JsonObject defined)
            {
                Check(defined, value, $"{path}.{name}");
            }
            else
            {
                _faults.Add($"{path}.{name}: is no field of it");
            }
        }
    }

    private void CheckText(JsonObject schema, string text, string path)
    {
        CheckSize(schema, "Length", text.Length, path);
        Require(schema["enum"] is not JsonArray allowed || allowed.Any(value => value!.GetValue<string>() == text), path, $"'{text}' is none of what is allowed");
        Require(schema["pattern"] is not { } pattern || Regex.IsMatch(text, pattern.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(10)), path, $"'{text}' does not have the shape");
        Require(schema["format"]?.GetValue<string>() != "cidr" || (IPNetwork.TryParse(text, out _) && text.Contains('/', StringComparison.Ordinal)), path, $"'{text}' is no address block");
    }

    private void CheckSize(JsonObject schema, string what, int size, string path)
    {
        Require(schema["min" + what] is not { } least || size >= least.GetValue<int>(), path, $"{size} are too few");
        Require(schema["max" + what] is not { } most || size <= most.GetValue<int>(), path, $"{size} are too many");
    }

    private static int Holding(JsonArray choices, JsonObject item) =>
        choices.Count(choice => choice!["required"]!.AsArray().All(name => item.ContainsKey(name!.GetValue<string>())));

    private void Require(bool holds, string path, string fault)
    {
        if (!holds)
        {
            _faults.Add($"{path}: {fault}");
        }
    }

    private static string[] Types(JsonNode type) => type is JsonArray several ? [.. several.Select(one => one!.GetValue<string>())] : [type.GetValue<string>()];

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
