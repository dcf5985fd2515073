// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Cli;
using NodeAgent.Storage.Objects;

namespace NodeAgent.StorageHost.Cli;

/// <summary>The root command; without a command it serves.</summary>
public static class StorageCommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Keeps the profiles of a cluster's nodes and serves them as a Kubernetes API.")
        {
            ServeCommand.Create(),
            DatabaseCommands.CreateBackup(),
            DatabaseCommands.CreateRestore(),
            DatabaseCommands.CreateCheck(),
        };
        ServeCommand.AddTo(root);
        return CommandRunner.RunAsync(root, args, e => e is StoreUnavailableException);
    }
}
