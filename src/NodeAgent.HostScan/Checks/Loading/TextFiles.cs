// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Checks.Loading;

/// <summary>YAML files that an administrator wrote: one, or those of a folder. What is no regular file is never opened.</summary>
internal static class TextFiles
{
    private const int MaxFiles = 200;
    private const int MaxNames = 10_000;
    private const int MaxBytes = 1 << 20;

    /// <param name="path">In the file system of this process.</param>
    /// <returns>Sorted by name; what cannot be read is said.</returns>
    public static IReadOnlyList<(string File, string Text)> Of(string path, List<CheckIssue> issues)
    {
        string full = Path.GetFullPath(path);
        using HostRoot machine = HostRoot.Open("/");
        ReadProblem listed = machine.List(full, MaxNames, out IReadOnlyList<string> names);
        if (listed == ReadProblem.None)
        {
            string[] files = [.. names.Where(name => Path.GetExtension(name) is ".yaml" or ".yml" && name[0] != '.')];
            if (files.Length > MaxFiles)
            {
                issues.Add(new CheckIssue(path, 0, $"has {files.Length} files, of which {MaxFiles} are read"));
            }

            return [.. files.Take(MaxFiles).SelectMany(name => Read(machine, Path.Combine(full, name), issues))];
        }

        return [.. Read(machine, full, issues)];
    }

    private static IEnumerable<(string File, string Text)> Read(HostRoot machine, string file, List<CheckIssue> issues)
    {
        HostFileBytes read = machine.Read(file, MaxBytes);
        string? fault = read.Problem switch
        {
            ReadProblem.None => read.IsCut ? $"is longer than {MaxBytes} bytes" : null,
            ReadProblem.Missing => "is not there",
            ReadProblem.Denied => "may not be read",
            ReadProblem.NotRegular => "is no regular file",
            _ => "could not be read",
        };
        if (fault is null)
        {
            return [(file, read.Text)];
        }

        issues.Add(new CheckIssue(file, 0, fault));
        return [];
    }
}
