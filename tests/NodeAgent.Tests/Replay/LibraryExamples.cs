// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;

namespace NodeAgent.Tests.Replay;

/// <summary>The examples beside the rule library: expectations, recordings, and what cannot be recorded.</summary>
internal static class LibraryExamples
{
    private const string Reasons = "not-showable.yaml";

    public static readonly string Folder = RepositoryRoot.File("src/NodeAgent.Rules/Library/traces");

    /// <summary>A workload that does what all workloads do: quiet for all of our rules.</summary>
    public const string Ordinary = "NA-0101/ordinary";

    /// <summary>Shape: <c>R0001/name</c>, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Files(".yaml").Where(name => !name.EndsWith(".profile", StringComparison.Ordinal) && name.Contains('/', StringComparison.Ordinal))];

    public static IReadOnlyList<TraceExpectation> All { get; } = [.. Names.Select(Read)];

    public static TraceExpectation Read(string name) => TraceExpectation.Read(Path.Combine(Folder, name + ".yaml"));

    public static IEnumerable<string> Files(string ending) => Directory.EnumerateFiles(Folder, "*" + ending, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)[..^ending.Length])
        .Order(StringComparer.Ordinal);

    /// <returns>Why no recording of this kernel shows the rule, by its id.</returns>
    public static IReadOnlyDictionary<string, string> NotShowable() =>
        YamlText.Parse(File.ReadAllText(Path.Combine(Folder, Reasons))) is JsonObject reasons
            ? reasons.ToDictionary(one => one.Key, one => one.Value!.ToString(), StringComparer.Ordinal)
            : throw new FormatException($"{Reasons} is no object");

    /// <returns>The ids of the rules that the table in the library's README says are shown by this.</returns>
    public static IEnumerable<string> TableRows(string shownBy) => File.ReadLines(Path.Combine(Folder, "..", "README.md"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length > 3 && cells[^2].Split(' ').Contains(shownBy))
        .Select(cells => cells[1])
        .Order(StringComparer.Ordinal);
}
