// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A document's published definition as a table: one line <c>path type</c> for each field, <c>!</c> after the type of those that must be there.</summary>
/// <remarks>Shape of a path: members by dots, <c>[]</c> after an array. Types: keyword, text, long, number, bool, ip, date, ms (Unix ms), map (texts by free names), enum(a,b).</remarks>
internal sealed class FieldTable
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _required = new(StringComparer.Ordinal);

    public FieldTable(string lines)
    {
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            _types.Add(parts[0], parts[1].TrimEnd('!'));
            if (parts[1].EndsWith('!'))
            {
                _required.Add(parts[0]);
            }
        }
    }

    public IReadOnlyCollection<string> Check(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Walk(document.RootElement, string.Empty, seen);
        Assert.Empty(_required.Except(seen));
        return seen;
    }

    private void Walk(JsonElement element, string path, HashSet<string> seen)
    {
        if (_types.TryGetValue(path, out string? type))
        {
            seen.Add(path);
            Assert.True(Is(element, type), $"{path} is no {type}: {element}");
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    Walk(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", seen);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Walk(item, path + "[]", seen);
                }

                break;
            default:
                Assert.Fail($"{path} is not in the definition");
                break;
        }
    }

    private static bool Is(JsonElement element, string type) => type switch
    {
        "keyword" or "text" => element.ValueKind == JsonValueKind.String,
        "long" => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out _),
        "ms" => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long ms) && ms is > 1_000_000_000_000 and < 10_000_000_000_000,
        "number" => element.ValueKind == JsonValueKind.Number,
        "bool" => element.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "ip" => element.ValueKind == JsonValueKind.String && IPAddress.TryParse(element.GetString(), out _),
        "date" => element.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(element.GetString(), CultureInfo.InvariantCulture, out _) && element.GetString()!.Contains('T', StringComparison.Ordinal),
        "map" => element.ValueKind == JsonValueKind.Object && element.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String),
        _ when type.StartsWith("enum(", StringComparison.Ordinal) => type[5..^1].Split(',').Contains(element.ToString()),
        _ => throw new ArgumentException($"unknown type {type}"),
    };
}
