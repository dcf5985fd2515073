// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Paths that stay as they are, wherever they are: the files of an image, which whoever asks what of it is used must find. Immutable, for any thread.</summary>
/// <remarks>
/// Kept as hashes, 8 bytes each, since an image has ten thousands of files. Where two paths have one hash, one more stays as it is, which
/// makes a profile larger and nothing wrong.
/// </remarks>
public sealed class LiteralPaths
{
    private const ulong Basis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    private readonly ulong[] _sorted;

    /// <param name="paths">Shape: absolute, without a slash at the end; what is none, or holds a wildcard, is left out.</param>
    public LiteralPaths(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _sorted = [.. paths.Where(IsOne).Select(path => Hash(path)).Distinct().Order()];
    }

    public static LiteralPaths None { get; } = new([]);

    public int Count => _sorted.Length;

    /// <param name="path">Slashes at its end do not count.</param>
    public bool Contains(ReadOnlySpan<char> path) => _sorted.Length > 0 && Array.BinarySearch(_sorted, Hash(path.TrimEnd('/'))) >= 0;

    private static bool IsOne(string path) =>
        path.Length > 1 && path[0] == '/' && path[^1] != '/' && !path.Contains(PathText.Dynamic, StringComparison.Ordinal) && !path.Contains('*', StringComparison.Ordinal);

    // FNV-1a.
    private static ulong Hash(ReadOnlySpan<char> path)
    {
        ulong hash = Basis;
        foreach (char c in path)
        {
            hash = (hash ^ c) * Prime;
        }

        return hash;
    }
}
