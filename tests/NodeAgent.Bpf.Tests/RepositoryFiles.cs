// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Tests;

/// <summary>Files of the checkout that this test program was built from.</summary>
internal static class RepositoryFiles
{
    internal static string PathOf(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NodeAgent.sln")))
            {
                return Path.Combine(folder.FullName, relative);
            }
        }

        throw new InvalidOperationException($"no NodeAgent.sln above {AppContext.BaseDirectory}");
    }
}
