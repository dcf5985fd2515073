// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cli.Output;
using NodeAgent.Events.Text;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cli;

/// <summary><c>node-agent rules test</c>: which rules fire on a recording, on what, how often, at what cost.</summary>
internal static class RulesTestCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Rules and RuleExceptions; no rule = those that come with the agent. Those that are off are tested too", Arity = ArgumentArity.ZeroOrMore };
        var traces = new Option<string[]>("--trace") { Description = "A recording of node-agent record; again for more", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
        var profiles = new Option<string[]>("--profile") { Description = "ApplicationProfile, NetworkNeighborhood or ContainerProfile, for the containers of its workload; again for more", HelpName = "FILE" };
        var expect = new Option<string[]>("--expect") { Description = "This rule must fire, and so many alerts; 0 = it must not. Again for more", HelpName = "ID[=COUNT]" };
        var none = new Option<bool>("--expect-none") { Description = "No rule may fire" };
        var command = new ExampleCommand(
            "test",
            "Say which rules fire on recordings, on what, how often and at what cost. Exit code 1 if that is not what was expected",
            "node-agent rules test my-rules.yaml --trace recording.natrace --expect MINE-1=1",
            "node-agent rules test --trace recording.natrace --expect-none")
        {
            files, traces, profiles, expect, none,
        };
        command.SetAction(async (arguments, _) =>
        {
            RuleDocuments documents = JudgeOptions.ReadDocuments(arguments.GetValue(files) ?? []);
            IReadOnlyList<RuntimeRule> rules = JudgeOptions.RulesOf(documents) ?? RuleLibrary.Rules;
            IReadOnlyList<RuleExpectation> expectations = [.. (arguments.GetValue(expect) ?? []).Select(RuleExpectation.Parse)];
            int faults = 0;
            foreach (string trace in arguments.GetValue(traces)!)
            {
                var options = new ReplayOptions { Rules = rules, Exceptions = documents.Exceptions, Settings = Settings(rules), Profiles = GivenProfiles.Read(arguments.GetValue(profiles) ?? []), Measure = true };
                faults += await TestAsync(trace, options, expectations, arguments.GetValue(none)).ConfigureAwait(false);
            }

            return faults == 0 ? 0 : 1;
        });
        return command;
    }

    // A rule that is off is tested as well.
    private static RulesOptions Settings(IReadOnlyList<RuntimeRule> rules)
    {
        RulesOptions settings = JudgeOptions.Settings();
        settings.EnabledRules = [.. rules.Select(rule => rule.Id ?? string.Empty)];
        return settings;
    }

    private static async Task<int> TestAsync(string trace, ReplayOptions options, IReadOnlyList<RuleExpectation> expectations, bool none)
    {
        // Once for the compiler of this program, so that the times are those of the rules.
        await ReplayFile.RunAsync(trace, options, static _ => { }).ConfigureAwait(false);
        var alerts = new List<RuntimeAlert>();
        ReplayResult result = await ReplayFile.RunAsync(
            trace, options, alert => alerts.AddRange(alert.Spec.Alerts)).ConfigureAwait(false);
        Print(trace, result, alerts);
        List<string> faults = [.. result.Refused];
        if (result.Damage is { } damage)
        {
            faults.Add("the file " + damage);
        }

        faults.AddRange(expectations.Select(expectation => expectation.Judge(alerts)).OfType<string>());
        if (none && alerts.Count > 0)
        {
            faults.Add($"nothing was to fire: {string.Join(", ", alerts.Select(alert => alert.RuleId).Distinct())} did");
        }

        foreach (string fault in faults)
        {
            Console.Out.WriteLine(TerminalText.Escape($"{trace}: {fault}"));
        }

        return faults.Count;
    }

    private static void Print(string trace, ReplayResult result, IReadOnlyList<RuntimeAlert> alerts)
    {
        foreach (RuntimeAlert alert in alerts)
        {
            string repeats = alert.Arguments.RepeatCount is { } count ? string.Create(CultureInfo.InvariantCulture, $" ({count} times more)") : string.Empty;
            Console.Out.WriteLine(TerminalText.Escape($"{trace}: {alert.RuleId} {alert.Timestamp} {alert.ContainerName ?? alert.WorkloadName}: {alert.Message}{repeats}"));
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Escape(trace)}: {result.Records} records{ReplayFile.Remarks(result)}"));
        TablePrinter.Print(Console.Out, ["RULE", "ASKED", "FIRED", "ALERTS", "NO-PROFILE", "ERRORS", "TIME-US", "NS-PER-EVENT"], [.. result.Rules.Where(rule => rule.Asked > 0).Select(Row)]);
    }

    private static string[] Row(RuleCounts rule) =>
    [
        rule.Id,
        Number(rule.Asked),
        Number(rule.Alerts + rule.Repeats),
        Number(rule.Alerts),
        Number(rule.WithoutProfile),
        Number(rule.Errors),
        rule.Time.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture),
        (rule.Time.TotalNanoseconds / rule.Asked).ToString("0", CultureInfo.InvariantCulture),
    ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
