// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Configuration;

namespace NodeAgent.Cli;

/// <summary>Runs a command line. Exit codes: 0 = done, 1 = failed (one line on standard error says why), 130 = interrupted.</summary>
public static class CommandRunner
{
    private const int ExitFailed = 1;
    private const int ExitInterrupted = 130;

    /// <param name="isExplained">Whether the message of a failure is all that a user needs; others are faults of ours and go through.</param>
    public static async Task<int> RunAsync(RootCommand root, string[] args, Func<Exception, bool> isExplained)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(isExplained);
        ExampleHelp.AddTo(root);
        try
        {
            // Signals are handled by the commands: `run` drains, the others just stop.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await root.Parse(args).InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitInterrupted;
        }
        catch (Exception e) when (e is ConfigurationException or CommandException or IOException or UnauthorizedAccessException or HttpRequestException || isExplained(e))
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}").ConfigureAwait(false);
            return ExitFailed;
        }
    }
}
