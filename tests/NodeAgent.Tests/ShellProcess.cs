// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Tests;

/// <summary>What a process printed and how it ended.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;
}

/// <summary>Runs programs for tests: no stdin, both outputs collected, killed with its children when it takes too long.</summary>
internal static class ShellProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static Task<ShellResult> RunAsync(string file, params string[] arguments) => RunAsync(file, arguments, null, CancellationToken.None);

    /// <param name="file">A path, or a name on the PATH.</param>
    /// <param name="arguments">Passed as they are, no shell in between.</param>
    /// <param name="environment">Added to this process's environment; a null value removes a variable.</param>
    /// <param name="cancellation">Kills the process.</param>
    public static async Task<ShellResult> RunAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        using Process process = Start(file, arguments, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} did not end within {Limit}: {await output}{await errors}");
        }

        return new ShellResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a process whose end the caller waits for; its stdin is closed.</summary>
    public static Process Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
