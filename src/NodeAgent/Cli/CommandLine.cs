// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Export.Storage;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Cli;

/// <summary>The root command.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Watches what the workloads of this machine execute, open and talk to; learns it; alerts on what is new.")
        {
            RunCommand.Create(),
            TraceCommand.Create(),
            RecordCommand.Create(),
            ReplayCommand.Create(),
            AlertsCommand.Create(),
            DoctorCommand.Create(),
            HostCommand.Create(),
            ProfileCommand.Create(),
            PolicyCommand.Create(),
            RulesCommand.Create(),
            VerifyCommand.Create(),
            DetachCommand.Create(),
        };

        return await CommandRunner.RunAsync(root, args, e => e is BpfException or StorageException).ConfigureAwait(false);
    }
}
