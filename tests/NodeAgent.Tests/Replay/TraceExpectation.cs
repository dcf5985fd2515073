// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;

namespace NodeAgent.Tests.Replay;

/// <summary>What an example of the library is, and which rules it is about.</summary>
/// <param name="What">One sentence.</param>
/// <param name="Fires">Rules that must.</param>
/// <param name="Silent">Rules that must not.</param>
/// <param name="Recording">The file that is judged: the one that <c>trace</c> names, seen from here, or that of the same name.</param>
/// <param name="Profiles">Files: what the container did before.</param>
internal sealed record TraceExpectation(string What, IReadOnlyList<string> Fires, IReadOnlyList<string> Silent, string Recording, IReadOnlyList<string> Profiles)
{
    private static readonly string[] Known = ["what", "trace", "fires", "silent", "profile"];

    /// <exception cref="FormatException">It says nothing, or what is not known.</exception>
    public static TraceExpectation Read(string file)
    {
        JsonObject said = YamlText.Parse(File.ReadAllText(file)) as JsonObject ?? throw new FormatException($"{file} is no object");
        if (said.Select(one => one.Key).Except(Known).FirstOrDefault() is { } unknown)
        {
            throw new FormatException($"{file}: '{unknown}' is none of {string.Join(", ", Known)}");
        }

        string folder = Path.GetDirectoryName(file)!;
        var expectation = new TraceExpectation(
            said["what"]?.ToString() ?? string.Empty,
            Texts(said["fires"]),
            Texts(said["silent"]),
            said["trace"] is { } other ? Path.GetFullPath(other.ToString(), folder) : Path.ChangeExtension(file, ".natrace"),
            [.. Texts(said["profile"]).Select(profile => Path.GetFullPath(profile, folder))]);
        return expectation.What.Length > 0 && expectation.Fires.Count + expectation.Silent.Count > 0
            ? expectation
            : throw new FormatException($"{file}: says neither what was done nor what is to be seen of it");
    }

    private static string[] Texts(JsonNode? node) => node switch
    {
        null => [],
        JsonArray array => [.. array.Select(one => one!.ToString())],
        _ => [node.ToString()],
    };
}
