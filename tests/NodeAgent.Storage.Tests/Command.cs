// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Storage.Tests;

/// <summary>Programs that a test needs done.</summary>
internal static class Command
{
    /// <summary>Fails the test with what the program said when it fails.</summary>
    public static async Task RunAsync(params string[] command)
    {
        (int code, string said) = await TryAsync(command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {said}");
    }

    public static async Task<(int Code, string Said)> TryAsync(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
