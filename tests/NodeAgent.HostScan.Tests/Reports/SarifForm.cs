// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.HostScan.Tests.Reports;

/// <summary>What SARIF 2.1.0 asks of the objects that reports have: members, those that must be there, and their values. Source: the standard, sections 3.13 to 3.58, and its schema.</summary>
internal static class SarifForm
{
    // Shape: name of the object → its members; "!" = must be there; then the kind, or the object's name; "[]" = a list, "#" = a list whose items differ, "{}" = a map by any name.
    private static readonly Dictionary<string, Dictionary<string, string>> Objects = new()
    {
        ["log"] = Members("$schema uri", "version! =2.1.0", "runs! []run", "inlineExternalProperties any", "properties bag"),
        ["run"] = Members("tool! tool", "automationDetails automation", "invocations []invocation", "originalUriBaseIds {}artifactLocation", "results []result", "artifacts any", "columnKind any", "properties bag"),
        ["tool"] = Members("driver! component", "extensions any", "properties bag"),
        ["component"] = Members("name! text", "version text", "semanticVersion text", "informationUri absolute", "rules #descriptor", "notifications any", "organization text", "properties bag"),
        ["descriptor"] = Members(
            "id! text", "name text", "shortDescription multi", "fullDescription multi", "help multi", "helpUri absolute", "messageStrings any", "defaultConfiguration configuration", "properties bag"),
        ["configuration"] = Members("enabled any", "level =none|note|warning|error", "rank number", "parameters any", "properties bag"),
        ["multi"] = Members("text! text", "markdown text", "properties bag"),
        ["message"] = Members("text text", "markdown text", "id text", "arguments any", "properties bag"),
        ["automation"] = Members("id text", "guid guid", "correlationGuid guid", "description message", "properties bag"),
        ["invocation"] = Members(
            "executionSuccessful! bool", "startTimeUtc time", "endTimeUtc time", "machine text", "account text", "exitCode number", "toolConfigurationNotifications []notification",
            "toolExecutionNotifications []notification", "properties bag"),
        ["notification"] = Members("message! message", "level =none|note|warning|error", "locations #location", "timeUtc time", "descriptor any", "properties bag"),
        ["result"] = Members(
            "message! message", "ruleId text", "ruleIndex index", "kind =notApplicable|pass|fail|review|open|informational", "level =none|note|warning|error", "locations []location",
            "fingerprints {}text", "partialFingerprints {}text", "suppressions #suppression", "guid guid", "baselineState =new|unchanged|updated|absent", "properties bag"),
        ["location"] = Members("id number", "physicalLocation physical", "logicalLocations #logical", "message message", "properties bag"),
        ["physical"] = Members("artifactLocation artifactLocation", "region region", "contextRegion region", "address any", "properties bag"),
        ["artifactLocation"] = Members("uri uri", "uriBaseId text", "index index", "description message", "properties bag"),
        ["region"] = Members("startLine line", "startColumn line", "endLine line", "endColumn line", "snippet any", "message message", "properties bag"),
        ["logical"] = Members("name text", "fullyQualifiedName text", "decoratedName text", "kind text", "index index", "parentIndex index", "properties bag"),
        ["suppression"] = Members("kind! =inSource|external", "status =accepted|underReview|rejected", "justification text", "guid guid", "location location", "properties bag"),
    };

    /// <returns>Shape: what is wrong, and where; empty = nothing.</returns>
    public static IReadOnlyList<string> Faults(JsonElement log)
    {
        var faults = new List<string>();
        Check(log, "log", "$", faults);
        return faults;
    }

    private static Dictionary<string, string> Members(params string[] members) => members.Select(member => member.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static void Check(JsonElement value, string kind, string at, List<string> faults)
    {
        if (kind.StartsWith("[]", StringComparison.Ordinal) || kind[0] == '#')
        {
            List(value, kind, at, faults);
        }
        else if (kind.StartsWith("{}", StringComparison.Ordinal))
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                Check(member.Value, kind[2..], $"{at}.{member.Name}", faults);
            }
        }
        else if (Objects.TryGetValue(kind, out Dictionary<string, string>? members))
        {
            Object(value, kind, members, at, faults);
        }
        else if (!IsSimple(value, kind))
        {
            faults.Add($"{at}: {value.GetRawText()} is no {kind}");
        }
    }

    private static void List(JsonElement value, string kind, string at, List<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            faults.Add($"{at}: is no list");
            return;
        }

        int number = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            Check(item, kind.TrimStart('[', ']', '#'), $"{at}[{number++}]", faults);
        }

        if (kind[0] == '#' && value.EnumerateArray().Select(item => item.GetRawText()).Distinct().Count() != number)
        {
            faults.Add($"{at}: holds the same twice");
        }
    }

    private static void Object(JsonElement value, string kind, Dictionary<string, string> members, string at, List<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{at}: is no object");
            return;
        }

        faults.AddRange(members.Keys.Where(name => name[^1] == '!' && !value.TryGetProperty(name[..^1], out _)).Select(name => $"{at}: {name[..^1]} is missing"));
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (members.TryGetValue(member.Name, out string? expected) || members.TryGetValue(member.Name + "!", out expected))
            {
                Check(member.Value, expected, $"{at}.{member.Name}", faults);
            }
            else
            {
                faults.Add($"{at}: {member.Name} is no member of {kind}");
            }
        }

        // Sections 3.11.8 and 3.27.10.
        if (kind == "message" && !value.TryGetProperty("text", out _) && !value.TryGetProperty("id", out _))
        {
            faults.Add($"{at}: has neither text nor id");
        }

        if (kind == "result" && value.TryGetProperty("kind", out JsonElement what) && what.GetString() != "fail" && (!value.TryGetProperty("level", out JsonElement level) || level.GetString() != "none"))
        {
            faults.Add($"{at}: has a level, and is no failure");
        }
    }

    private static bool IsSimple(JsonElement value, string kind) => kind switch
    {
        "any" => true,
        "text" => value.ValueKind == JsonValueKind.String,
        "bool" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "index" => value.ValueKind == JsonValueKind.Number && value.GetInt64() >= -1,
        "line" => value.ValueKind == JsonValueKind.Number && value.GetInt64() >= 1,
        "bag" => value.ValueKind == JsonValueKind.Object && (!value.TryGetProperty("tags", out JsonElement tags) || IsTags(tags)),
        "uri" => value.ValueKind == JsonValueKind.String && Uri.IsWellFormedUriString(value.GetString(), UriKind.RelativeOrAbsolute),
        "absolute" => value.ValueKind == JsonValueKind.String && Uri.IsWellFormedUriString(value.GetString(), UriKind.Absolute),
        "guid" => value.ValueKind == JsonValueKind.String && Guid.TryParseExact(value.GetString(), "D", out _),
        "time" => value.ValueKind == JsonValueKind.String && value.GetString()!.EndsWith('Z') && value.TryGetDateTimeOffset(out _),
        ['=', ..] => value.ValueKind == JsonValueKind.String && kind[1..].Split('|').Contains(value.GetString()),
        _ => throw new ArgumentException($"the form knows no {kind}", nameof(kind)),
    };

    private static bool IsTags(JsonElement tags) =>
        tags.ValueKind == JsonValueKind.Array && tags.EnumerateArray().All(tag => tag.ValueKind == JsonValueKind.String) && tags.EnumerateArray().Select(tag => tag.GetString()).Distinct().Count() == tags.GetArrayLength();
}
