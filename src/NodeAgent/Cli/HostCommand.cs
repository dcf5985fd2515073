// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Cli.Output;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Loading;

namespace NodeAgent.Cli;

/// <summary><c>node-agent host</c>: what a machine is and whether it is hardened, without an agent and without rights.</summary>
internal static class HostCommand
{
    public static Command Create() => new("host", "The host itself: scan it, and list what is checked") { HostScanCommand.Create(), Checks() };

    private static ExampleCommand Checks()
    {
        var folder = new Option<string>("--checks") { Description = "Folder of own checks, beside those that come with the agent", HelpName = "DIR", DefaultValueFactory = _ => string.Empty };
        var command = new ExampleCommand(
            "checks",
            "List the checks. Exit code 1 if a file of checks is wrong, which is said with file and line",
            "node-agent host checks",
            "node-agent host checks --checks my-checks/") { folder };
        command.SetAction(arguments =>
        {
            CheckEngine engine = CheckEngine.Compile(CheckLibrary.Read(arguments.GetValue(folder)!));
            TablePrinter.Print(Console.Out, ["ID", "SEVERITY", "SET", "TITLE"], [.. engine.Checks.Select(Row)]);
            return HostScanCommand.Say(engine.Issues) ? 1 : 0;
        });
        return command;
    }

    private static string[] Row(CheckDefinition check) => [check.Id, check.Severity.Word(), check.Set.Id, check.Title];
}
