// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
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
            ParseResult parsed = root.Parse(args);
            if (parsed.Action is ParseErrorAction refused && parsed.CommandResult.Command.Subcommands.Count == 0)
            {
                // Pages of options would push what is wrong out of sight.
                refused.ShowHelp = false;
                int code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
                await Console.Error.WriteLineAsync($"'{PathOf(parsed.CommandResult)} --help' lists what there is.").ConfigureAwait(false);
                return code;
            }

            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
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

    private static string PathOf(CommandResult command) => command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;
}
