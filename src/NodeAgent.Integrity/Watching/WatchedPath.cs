// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Watching;

/// <summary>A file, or a folder with all that is in it, whose changes are told.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Scopes">Whose.</param>
public sealed record WatchedPath(PathPattern Path, WatchScopes Scopes)
{
    public FileChanges Changes { get; init; } = FileChanges.All;

    /// <summary>What is in it and not meant.</summary>
    public IReadOnlyList<PathPattern> Excluded { get; init; } = [];

    /// <summary>Only containers of pods in these namespaces; empty = all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Shape: 1 to 10, of its alerts; 0 = that of the change.</summary>
    public int Severity { get; init; }

    /// <param name="path">Shape: absolute, of bytes.</param>
    internal bool Covers(ReadOnlySpan<byte> path)
    {
        if (!Path.Covers(path))
        {
            return false;
        }

        foreach (PathPattern excluded in Excluded)
        {
            if (excluded.Covers(path))
            {
                return false;
            }
        }

        return true;
    }
}
