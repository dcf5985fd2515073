// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers;

/// <summary>Paths in which a segment <c>*</c> stands for each directory there.</summary>
internal static class PathPattern
{
    /// <returns>The paths that the pattern stands for now; whether they exist is not asked. None when a directory cannot be read.</returns>
    public static IEnumerable<string> Expand(string pattern)
    {
        int star = pattern.IndexOf("/*", StringComparison.Ordinal);
        return star < 0 ? [pattern] : Directories(pattern[..star]).SelectMany(directory => Expand(directory + pattern[(star + 2)..]));
    }

    public static string[] Directories(string path)
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
