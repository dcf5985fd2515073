// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.TestSupport.Runc;

/// <summary>runc below a shell that gives it no stream of ours: the container's first process would keep it.</summary>
internal static class RuncCommand
{
    /// <summary>What the shell does with the arguments behind its name.</summary>
    public const string Quiet = "exec \"$@\" </dev/null >/dev/null 2>&1";

    /// <param name="what">For the error.</param>
    /// <param name="log">Where runc says what it could not do.</param>
    /// <param name="arguments">Script and arguments of the shell.</param>
    /// <exception cref="InvalidOperationException">runc, or the program in the container, failed.</exception>
    public static async Task RunAsync(string what, string log, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", .. arguments]) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            string said = File.Exists(log) ? await File.ReadAllTextAsync(log) : string.Empty;
            throw new InvalidOperationException($"{what} ended with {process.ExitCode}: {said}");
        }
    }
}
