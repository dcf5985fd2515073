// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using NodeAgent.Alerts;
using NodeAgent.Api.Alerts;
using NodeAgent.Cli.Output;
using NodeAgent.Configuration;
using NodeAgent.Events.Text;

namespace NodeAgent.Cli;

/// <summary><c>node-agent alerts</c> and <c>node-agent alerts explain</c>: what the agent's alert file holds.</summary>
internal static class AlertsCommand
{
    private const int DefaultLines = 50;
    private static readonly string[] Heads = ["TIME", "SEVERITY", "RULE", "NAMESPACE", "WORKLOAD", "CONTAINER", "ID", "MESSAGE"];

    public static Command Create()
    {
        Option<string?> directory = Directory();
        var rule = new Option<string?>("--rule") { Description = "Only alerts of this rule", HelpName = "ID" };
        var space = new Option<string?>("--namespace", "-n") { Description = "Only alerts of this namespace", HelpName = "NAMESPACE" };
        var container = new Option<string?>("--container", "-c") { Description = "Only this container: name or id, pod or workload", HelpName = "NAME" };
        var severity = new Option<string?>("--min-severity") { Description = "Only alerts of at least this severity, 0 to 10", HelpName = "N" };
        var since = new Option<string?>("--since") { Description = "Only alerts of this last time, such as 1h", HelpName = "DURATION" };
        var lines = new Option<string?>("--tail") { Description = $"The newest N; 0 = all; default {DefaultLines}", HelpName = "N" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with those that come" };
        Option<OutputFormat> output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json);
        var command = new ExampleCommand(
            "alerts",
            "List alerts of the agent on this machine, follow them, explain one",
            "node-agent alerts --min-severity 7 --since 1h",
            "node-agent alerts -f -o json",
            "node-agent alerts explain 0b1f6c2a")
        {
            directory, rule, space, container, severity, since, lines, follow, output,
        };
        command.Subcommands.Add(CreateExplain());
        command.SetAction((arguments, stop) =>
        {
            var selection = new AlertSelection(
                arguments.GetValue(rule),
                arguments.GetValue(space),
                arguments.GetValue(container),
                Parse("--min-severity", arguments.GetValue(severity), 0, text => SettingValue.Number(text, 0, 10)),
                Parse<DateTimeOffset?>("--since", arguments.GetValue(since), null, text => DateTimeOffset.UtcNow - SettingValue.Duration(text, TimeSpan.Zero)));
            int tail = Parse("--tail", arguments.GetValue(lines), DefaultLines, text => SettingValue.Number(text, 0, int.MaxValue));
            return ListAsync(Open(arguments.GetValue(directory)), selection, tail, arguments.GetValue(follow), arguments.GetValue(output), stop);
        });
        return command;
    }

    private static ExampleCommand CreateExplain()
    {
        Option<string?> directory = Directory();
        var id = new Argument<string>("ID") { Description = "Id of an alert, or its beginning" };
        var command = new ExampleCommand("explain", "Say of one alert what was seen, who did it, and by which rule and profile", "node-agent alerts explain 0b1f6c2a") { directory, id };
        command.SetAction(arguments =>
        {
            AlertFile file = Open(arguments.GetValue(directory));
            AlertExplanation.Write(Console.Out, Find(file, arguments.GetValue(id)!));
            return 0;
        });
        return command;
    }

    internal static Option<string?> Directory() => new("--data-dir")
    {
        Description = "Data directory of the agent [NODE_AGENT_DATA_DIRECTORY, default /var/lib/node-agent]",
        HelpName = "DIR",
    };

    internal static AlertFile Open(string? directory)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (directory is not null)
        {
            flags["dataDirectory"] = directory;
        }

        string path = ConfigurationLoader.Load(null, SettingOptions.Variables(), flags).AlertFile;
        return System.IO.Directory.Exists(Path.GetDirectoryName(path))
            ? new AlertFile(path)
            : throw new CommandException($"{Path.GetDirectoryName(path)} does not exist: is the agent running with another --data-dir?");
    }

    // The newest notification of an id knows most.
    internal static RuntimeAlerts Find(AlertFile file, string id)
    {
        if (id.Length == 0)
        {
            throw new CommandException("an id is needed");
        }

        RuntimeAlerts[] found = [.. file.ReadAll().Where(alert => Id(alert).StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        int ids = found.Select(Id).Distinct().Count();
        return ids switch
        {
            0 => throw new CommandException($"no alert has the id {TerminalText.Escape(id)}; node-agent alerts lists them"),
            1 => found[^1],
            _ => throw new CommandException($"{ids} alerts have an id that begins with {TerminalText.Escape(id)}"),
        };
    }

    private static async Task<int> ListAsync(AlertFile file, AlertSelection selection, int tail, bool follows, OutputFormat output, CancellationToken stop)
    {
        // Begun before what is there is read, so that nothing falls between.
        IAsyncEnumerable<RuntimeAlerts> coming = file.FollowAsync(stop);
        List<RuntimeAlerts> listed = [.. file.ReadAll().Where(selection.Holds)];
        List<RuntimeAlerts> shown = tail == 0 ? listed : [.. listed.TakeLast(tail)];
        if (shown.Count > 0 || output == OutputFormat.Json)
        {
            Print(shown, output, withHeads: true);
        }
        else if (!follows)
        {
            await Console.Error.WriteLineAsync("No alerts found.").ConfigureAwait(false);
        }

        if (file.Unreadable > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{file.Unreadable} lines are no alerts and are left out.")).ConfigureAwait(false);
        }

        if (follows)
        {
            await foreach (RuntimeAlerts alert in coming.ConfigureAwait(false))
            {
                if (selection.Holds(alert))
                {
                    Print([alert], output, withHeads: false);
                }
            }
        }

        return 0;
    }

    private static void Print(List<RuntimeAlerts> alerts, OutputFormat output, bool withHeads)
    {
        if (output == OutputFormat.Json)
        {
            using Stream stdout = Console.OpenStandardOutput();
            alerts.ForEach(alert => stdout.Write(AlertJson.ToLine(alert)));
            return;
        }

        if (withHeads)
        {
            TablePrinter.Print(Console.Out, Heads, alerts.Select(Row));
            return;
        }

        alerts.ForEach(alert => Console.Out.WriteLine(string.Join("   ", Row(alert).Select(TerminalText.Escape))));
    }

    private static string[] Row(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        return
        [
            alert.Timestamp.Length > 19 ? alert.Timestamp[..19] + "Z" : alert.Timestamp,
            alert.Severity.ToString(CultureInfo.InvariantCulture),
            alert.RuleId,
            alert.Namespace ?? string.Empty,
            alert.WorkloadName ?? alert.PodName ?? string.Empty,
            alert.ContainerName ?? string.Empty,
            Id(envelope) is { Length: > 12 } id ? id[..12] : Id(envelope),
            alert.Message,
        ];
    }

    private static string Id(RuntimeAlerts envelope) => envelope.Spec.Alerts[0].Arguments.AlertId ?? envelope.Spec.Alerts[0].UniqueId;

    private static T Parse<T>(string flag, string? text, T fallback, Func<string, T> parse)
    {
        try
        {
            return text is null ? fallback : parse(text);
        }
        catch (FormatException error)
        {
            throw new CommandException($"{flag}: {error.Message}");
        }
    }
}
