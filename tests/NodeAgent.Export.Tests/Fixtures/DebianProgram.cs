// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>Where the servers of Debian are that tests run; a test is skipped, with the reason, where one is not to be had.</summary>
internal static class DebianProgram
{
    private const int Unavailable = 69; // EX_UNAVAILABLE of scripts/debian.sh

    public static string Installed(string path)
    {
        Assert.SkipUnless(File.Exists(path), $"{path} is missing: make setup-test");
        return path;
    }

    /// <summary>A program of a package that is unpacked, not installed.</summary>
    public static async Task<string> UnpackedAsync(string package, string path)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(Repository(), "scripts/debian.sh"), [package, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.SkipWhen(process.ExitCode == Unavailable, errors.TrimEnd());
        Assert.True(process.ExitCode == 0, errors);
        return (await output).Trim();
    }

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NodeAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no NodeAgent.sln above the test program");
    }
}
