// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Cli.Output;

namespace NodeAgent.Policies;

/// <summary>A replay for people and for programs.</summary>
internal static class PolicyReplayText
{
    public static void Print(PolicyReplay replay, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{replay.Flows} flows ({replay.Connections} connections): {replay.Allowed} allowed, {replay.Denied.Count} denied ({replay.DeniedConnections} connections), {replay.NotSelected} of pods that no policy selects"));
        if (replay.Denied.Count > 0)
        {
            output.WriteLine();
            TablePrinter.Print(output, ["DENIED", "WORKLOAD", "PEER", "PORT", "COUNT", "LAST SEEN"], replay.Denied.Select(flow => new[]
            {
                flow.Flow.Direction.ToString(), $"{flow.Recorded.Namespace}/{flow.Recorded.Workload}", flow.PeerText, Port(flow),
                flow.Flow.Count.ToString(CultureInfo.InvariantCulture), Time(flow.Recorded.LastUnix) ?? string.Empty,
            }));
        }

        if (replay.NeverSeen is { Count: > 0 } never)
        {
            output.WriteLine();
            TablePrinter.Print(output, ["ALLOWED AND NEVER SEEN"], never.Select(path => new[] { path }));
        }
    }

    public static JsonObject ToJson(PolicyReplay replay) => new()
    {
        ["flows"] = replay.Flows,
        ["connections"] = replay.Connections,
        ["allowed"] = replay.Allowed,
        ["notSelected"] = replay.NotSelected,
        ["deniedConnections"] = replay.DeniedConnections,
        ["denied"] = new JsonArray([.. replay.Denied.Select(Json)]),
        ["neverSeen"] = new JsonArray([.. replay.NeverSeen.Select(path => JsonValue.Create(path))]),
    };

    private static JsonObject Json(DeniedFlow flow)
    {
        var json = new JsonObject
        {
            ["direction"] = flow.Flow.Direction.ToString(),
            ["workload"] = $"{flow.Recorded.Namespace}/{flow.Recorded.Workload}",
            ["peer"] = flow.PeerText,
            ["port"] = Port(flow),
            ["count"] = flow.Flow.Count,
        };
        if (Time(flow.Recorded.FirstUnix) is { } first)
        {
            json["firstSeen"] = first;
            json["lastSeen"] = Time(flow.Recorded.LastUnix);
        }

        return json;
    }

    private static string Port(DeniedFlow flow) => string.Create(CultureInfo.InvariantCulture, $"{flow.Flow.Protocol} {flow.Flow.Port}");

    private static string? Time(long unix) =>
        unix == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(unix).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
