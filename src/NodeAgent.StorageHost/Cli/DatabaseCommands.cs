// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using NodeAgent.Cli;
using NodeAgent.Configuration;
using NodeAgent.Storage;
using NodeAgent.StorageHost.Configuration;

namespace NodeAgent.StorageHost.Cli;

/// <summary><c>backup</c>, <c>restore</c> and <c>check</c>: the SQLite file beside the server.</summary>
internal static class DatabaseCommands
{
    public static Command CreateBackup()
    {
        Argument<string> file = new("FILE") { Description = "Where the backup is written; replaced when it exists" };
        Option<string?> directory = DataDirectory();
        var command = new ExampleCommand("backup", "Write the database as it is now into a file; a server may go on meanwhile", "node-agent-storage backup /backups/storage.db") { file, directory };
        command.SetAction(arguments => Print(arguments, "backup", StorageDatabase.Backup(Directory(arguments, directory), arguments.GetRequiredValue(file))));
        return command;
    }

    public static Command CreateRestore()
    {
        Argument<string> file = new("FILE") { Description = "A backup" };
        Option<string?> directory = DataDirectory();
        var command = new ExampleCommand("restore", "Put a backup in the place of the database; the server must be stopped, the old database is kept", "node-agent-storage restore /backups/storage.db") { file, directory };
        command.SetAction(arguments => Print(arguments, "restored", StorageDatabase.Restore(arguments.GetRequiredValue(file), Directory(arguments, directory), TimeProvider.System)));
        return command;
    }

    public static Command CreateCheck()
    {
        Argument<string?> file = new("FILE") { Description = "A backup to check instead of the database", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> directory = DataDirectory();
        var command = new ExampleCommand("check", "Read the whole database and say whether it is in order; a server may go on meanwhile", "node-agent-storage check", "node-agent-storage check /backups/storage.db") { file, directory };
        command.SetAction(arguments => Print(arguments, "ok", StorageDatabase.Check(arguments.GetValue(file) ?? Directory(arguments, directory))));
        return command;
    }

    private static Option<string?> DataDirectory() => new("--data-dir")
    {
        Description = $"Data directory of the server [NODE_AGENT_DATA_DIRECTORY, default {new HostOptions().DataDirectory}]",
        HelpName = "DIR",
    };

    private static string Directory(ParseResult arguments, Option<string?> option)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (arguments.GetValue(option) is { } directory)
        {
            flags["dataDirectory"] = directory;
        }

        return new SettingsLoader<HostOptions>(HostSettings.All).Load(null, SettingOptions.Variables(), flags).DataDirectory;
    }

    private static int Print(ParseResult arguments, string what, DatabaseReport report)
    {
        TextWriter output = arguments.InvocationConfiguration.Output;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {report.Path}, {report.Objects} objects, revision {report.Revision}, {report.SizeBytes} bytes"));
        if (report.Aside is { } aside)
        {
            output.WriteLine($"the database before: {aside}");
        }

        return 0;
    }
}
