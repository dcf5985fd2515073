// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Alerts;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.Json;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Configuration;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cli;

/// <summary><c>node-agent rules suggest</c>: the narrowest exception for an alert, or what its profile would have to hold.</summary>
internal static class RulesSuggestCommand
{
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromDays(30);

    public static ExampleCommand Create()
    {
        var alert = new Argument<string>("ALERT") { Description = "Id of an alert or its beginning, as node-agent alerts lists it; a file with its JSON line; - = that line on standard input" };
        Option<string?> directory = AlertsCommand.Directory();
        var expires = new Option<string?>("--expires") { Description = "Time after which the exception holds no longer; 0s = never; default 30d", HelpName = "DURATION" };
        var reason = new Option<string?>("--reason") { Description = "Why it is well; default: the alert's id", HelpName = "TEXT" };
        var profile = new Option<bool>("--profile") { Description = "Write what the workload's overlay would have to hold instead, for a rule that judges by a profile" };
        var command = new ExampleCommand(
            "suggest",
            "Write the narrowest exception for an alert, as YAML: its rule, workload and container, and a condition of what it tells",
            "node-agent rules suggest 0b1f6c2a --reason 'the backup does that' > exception.yaml",
            "node-agent rules suggest 0b1f6c2a --profile")
        {
            alert, directory, expires, reason, profile,
        };
        command.SetAction(arguments =>
        {
            RuntimeAlerts found = Read(arguments.GetValue(alert)!, arguments.GetValue(directory));
            if (arguments.GetValue(profile))
            {
                WriteProfile(Console.Out, found);
            }
            else
            {
                TimeSpan lasts = Expiry(arguments.GetValue(expires));
                WriteException(Console.Out, found, lasts == TimeSpan.Zero ? null : DateTimeOffset.UtcNow + lasts, arguments.GetValue(reason));
            }

            return 0;
        });
        return command;
    }

    /// <exception cref="CommandException">The alert holds what no exception can say.</exception>
    public static void WriteException(TextWriter output, RuntimeAlerts alert, DateTimeOffset? expiresAt, string? reason)
    {
        RuleException exception = ExceptionSuggestion.Of(alert, expiresAt, reason);
        using var text = new StringWriter();
        Output.YamlText.Write(text, JsonSerializer.SerializeToNode(exception, RuleJsonContext.Readable.RuleException)!);

        // What is written is what rules check reads.
        using var reader = new StringReader(text.ToString());
        RuleIssue[] errors = [.. new RuleCheck().Check([], [], RuleDocuments.Parse(reader).Exceptions).Where(issue => issue.IsError)];
        if (errors.Length > 0)
        {
            throw new CommandException($"no exception can be written for the alert: {TerminalText.Escape(string.Join("; ", errors.Select(issue => issue.ToString())))}");
        }

        output.Write(text.ToString());
    }

    /// <exception cref="CommandException">No profile can hold it.</exception>
    public static void WriteProfile(TextWriter output, RuntimeAlerts alert)
    {
        bool isFirst = true;
        foreach (JsonObject overlay in ProfileSuggestion.Of(alert))
        {
            if (!isFirst)
            {
                output.Write("---\n");
            }

            Output.YamlText.Write(output, overlay);
            isFirst = false;
        }
    }

    private static RuntimeAlerts Read(string alert, string? directory)
    {
        if (alert != "-" && !File.Exists(alert))
        {
            return AlertsCommand.Find(AlertsCommand.Open(directory), alert);
        }

        try
        {
            using TextReader reader = alert == "-" ? Console.In : File.OpenText(alert);
            string line = reader.ReadLine() ?? string.Empty;
            RuntimeAlerts parsed = AlertJson.Parse(System.Text.Encoding.UTF8.GetBytes(line));
            return parsed.Spec.Alerts.Count > 0 ? parsed : throw new CommandException($"{alert}: the line holds no alert");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"{alert}: {TerminalText.Escape(error.Message)}");
        }
    }

    private static TimeSpan Expiry(string? text)
    {
        try
        {
            return text is null ? DefaultExpiry : SettingValue.Duration(text, TimeSpan.Zero);
        }
        catch (FormatException error)
        {
            throw new CommandException($"--expires: {error.Message}");
        }
    }
}
