// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Architecture;

/// <summary>Everything above <c>IObjectStore</c> knows no engine.</summary>
public sealed partial class EnginePortTests
{
    // Which engine there is has to stand somewhere: what chooses it, checks its address, and copies its file.
    private static readonly string[] Choosers = ["StorageEngine.cs", "StorageOptions.cs", "StorageDatabase.cs"];

    [Fact]
    public void Storage_OutsideOfTheEngines_NamesNone()
    {
        string root = RepositoryRoot.File("src/NodeAgent.Storage");
        string[] files =
        [
            .. Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(root, path))
                .Where(path => path.Split('/')[0] is not ("bin" or "obj" or "Sqlite" or "Postgres")),
        ];

        Assert.True(files.Length > 100, $"{files.Length} files");
        Assert.Equal(Choosers.Order(StringComparer.Ordinal), files.Where(path => Engine().IsMatch(File.ReadAllText(Path.Combine(root, path)))).Order(StringComparer.Ordinal));
    }

    // As code names them: in comments they may stand.
    [GeneratedRegex(@"NodeAgent\.Storage\.(Sqlite|Postgres)|\bNpgsql\w|Microsoft\.Data\.Sqlite")]
    private static partial Regex Engine();
}
