// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Watching;

/// <summary>Kinds of change in alerts, metrics and settings.</summary>
public static class FileChangeNames
{
    /// <summary>Each kind by itself.</summary>
    public static IReadOnlyList<FileChanges> Single { get; } = [.. Enum.GetValues<FileChanges>().Where(change => change is not (FileChanges.None or FileChanges.All))];

    /// <param name="change">One.</param>
    /// <returns>Shape: <c>chmod</c>.</returns>
    public static string Word(FileChanges change) => change.ToString().ToLowerInvariant();
}
