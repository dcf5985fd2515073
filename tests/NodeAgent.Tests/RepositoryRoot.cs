// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests;

/// <summary>The checkout that this test program was built from.</summary>
internal static class RepositoryRoot
{
    /// <summary>The nearest folder above the test program that holds <c>NodeAgent.sln</c>.</summary>
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The absolute path of a file or folder of the repository.</summary>
    public static string File(string relative) => System.IO.Path.Combine(Path, relative);

    private static string Find(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "NodeAgent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no NodeAgent.sln in any folder above {start}");
    }
}
