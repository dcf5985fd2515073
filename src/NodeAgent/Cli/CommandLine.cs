// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Configuration;
using NodeAgent.Export.Storage;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Cli;

/// <summary>The root command. Exit codes: 0 = done, 1 = failed (one line on standard error says why), 130 = interrupted.</summary>
public static class CommandLine
{
    private const int ExitFailed = 1;
    private const int ExitInterrupted = 130;

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Watches what the workloads of this machine execute, open and talk to; learns it; alerts on what is new.")
        {
            RunCommand.Create(),
            TraceCommand.Create(),
            DoctorCommand.Create(),
            ProfileCommand.Create(),
            PolicyCommand.Create(),
            VerifyCommand.Create(),
            DetachCommand.Create(),
        };

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
        catch (Exception e) when (e is ConfigurationException or BpfException or CommandException or StorageException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}").ConfigureAwait(false);
            return ExitFailed;
        }
    }
}
