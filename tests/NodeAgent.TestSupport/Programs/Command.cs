// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.TestSupport.Programs;

/// <summary>Programs that a test needs done.</summary>
public static class Command
{
    /// <exception cref="InvalidOperationException">It failed; with what it said.</exception>
    public static async Task RunAsync(params string[] command)
    {
        (int code, string said) = await TryAsync(command);
        if (code != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: {said}");
        }
    }

    public static async Task<(int Code, string Said)> TryAsync(params string[] command)
    {
        ArgumentNullException.ThrowIfNull(command);
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + errors);
    }
}
