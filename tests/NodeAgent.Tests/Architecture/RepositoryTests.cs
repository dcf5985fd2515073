// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Architecture;

/// <summary>This repository keeps the rules of <see cref="ReferenceRules"/> and <see cref="SourceRules"/>.</summary>
public sealed class RepositoryTests
{
    private static readonly string[] Folders = ["src", "bpf", "native", "tests", "demo", "scripts", ".ci"];
    private static readonly string[] Extensions = [".cs", ".c", ".h", ".sh", ".proto"];
    private static readonly string[] Generated = ["bin", "obj", "out"];

    [Fact]
    public void Projects_AsTheyAre_ReferenceOnlyWhatTheyMay()
    {
        var projects = Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => ProjectFile.Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))
            .ToList();

        Assert.Contains(projects, project => project.Name == "NodeAgent");
        Assert.True(projects.Count >= 11, $"only {projects.Count} projects were found under src/");
        Report(ReferenceRules.Violations(projects));
    }

    [Fact]
    public void Sources_AsTheyAre_KeepTheRulesOfTheHouse()
    {
        var files = Folders.SelectMany(FilesIn).ToList();

        Assert.Contains("src/NodeAgent/Program.cs", files);
        Assert.Contains("bpf/include/event.h", files);
        Assert.Contains("scripts/setup.sh", files);
        Report([.. files.SelectMany(path => SourceRules.Violations(path, File.ReadAllText(RepositoryRoot.File(path))))]);
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        string root = RepositoryRoot.File(folder);
        return !Directory.Exists(root)
            ? []
            : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Where(path => Extensions.Contains(Path.GetExtension(path)))
                .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path))
                .Where(path => !path.Split('/').Any(part => Generated.Contains(part)));
    }

    private static void Report(IReadOnlyList<string> violations) =>
        Assert.True(violations.Count == 0, "\n" + string.Join('\n', violations));
}
