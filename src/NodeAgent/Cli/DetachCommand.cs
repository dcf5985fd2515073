// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Bpf.Handover;
using NodeAgent.Configuration;

namespace NodeAgent.Cli;

/// <summary><c>node-agent detach</c>: takes out of the kernel what <c>run --pin-path</c> left there.</summary>
internal static class DetachCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "Configuration file that names the pin path", HelpName = "FILE" };
        var path = new Option<string?>("--pin-path") { Description = $"The pin path [default: bpf.pinPath of file or environment, else {PinPath.Standard}]", HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Also while an agent uses the pins; it notices, and ends with an error" };
        var command = new ExampleCommand(
            "detach",
            "Remove the probes, rings and counters that agents with --pin-path leave in the kernel",
            "node-agent detach",
            "node-agent detach --pin-path /sys/fs/bpf/other")
        {
            config, path, force,
        };
        command.SetAction(arguments => Run(PathOf(arguments.GetValue(config), arguments.GetValue(path)), arguments.GetValue(force)));
        return command;
    }

    private static string PathOf(string? config, string? flag)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (flag is not null)
        {
            flags["bpf.pinPath"] = flag;
        }

        string path = ConfigurationLoader.Load(config, SettingOptions.Variables(), flags).Bpf.PinPath;
        return path.Length > 0 ? path : PinPath.Standard;
    }

    private static int Run(string path, bool force)
    {
        PinRemoval removal;
        try
        {
            removal = PinRemoval.Run(path, force);
        }
        catch (PinException e)
        {
            throw new CommandException(e.Message);
        }

        foreach (string removed in removal.Removed)
        {
            Console.Out.WriteLine($"removed {removed}");
        }

        foreach (string left in removal.Left)
        {
            Console.Out.WriteLine($"left {left}: not node-agent's");
        }

        if (removal.Removed.Count == 0 && removal.Left.Count == 0)
        {
            Console.Out.WriteLine($"nothing is pinned in {path}");
        }

        return 0;
    }
}
