// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cli.Output;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cli;

/// <summary><c>node-agent rules</c>: what rules say, and whether they make sense, without an agent.</summary>
internal static class RulesCommand
{
    private static readonly string[] Dependencies = ["required", "optional", "none"];

    public static Command Create() => new("rules", "Detection rules: check files of them, list them, test them on recordings")
    {
        Check(),
        List(),
        RulesTestCommand.Create(),
        RulesSuggestCommand.Create(),
        RulesImportCommand.Create(),
    };

    private static ExampleCommand Check()
    {
        var files = new Argument<string[]>("FILE") { Description = "Rules, RuntimeRuleAlertBindings and RuleExceptions, YAML or JSON; - = standard input", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand(
            "check",
            "Say what is wrong with rules: each name, type and pattern, with line and column inside the expression. Exit code 1 if anything is",
            "node-agent rules check my-rules.yaml",
            "kubectl get rules.kubescape.io -A -o yaml | node-agent rules check -")
        {
            files,
        };
        command.SetAction(arguments =>
        {
            var check = new RuleCheck();
            int errors = 0;
            foreach (string file in arguments.GetValue(files)!)
            {
                RuleDocuments documents = Read(file);
                RuntimeRule[] rules = [.. documents.Rules.SelectMany(one => one.Spec?.Rules ?? [])];
                IReadOnlyList<RuleIssue> issues = check.Check(rules, documents.Bindings, documents.Exceptions);
                foreach (RuleIssue issue in issues)
                {
                    Console.Out.WriteLine(TerminalText.Escape($"{file}: {(issue.IsError ? "error" : "warning")}: {issue}"));
                }

                errors += issues.Count(issue => issue.IsError);
                long dearest = rules.Select(check.MostSteps).Max() ?? 0;
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{file}: {rules.Length} rules, {documents.Bindings.Count} bindings, {documents.Exceptions.Count} exceptions, {issues.Count(issue => issue.IsError)} errors; the dearest takes at most {dearest} steps"));
            }

            return errors == 0 ? 0 : 1;
        });
        return command;
    }

    private static ExampleCommand List()
    {
        var files = new Argument<string[]>("FILE") { Description = "Files instead of the rules that come with the agent", Arity = ArgumentArity.ZeroOrMore };
        var command = new ExampleCommand("list", "List rules: those that come with the agent, or those of files", "node-agent rules list", "node-agent rules list my-rules.yaml") { files };
        command.SetAction(arguments =>
        {
            string[] given = arguments.GetValue(files) ?? [];
            IEnumerable<RuntimeRule> rules = given.Length == 0 ? RuleLibrary.Rules : given.SelectMany(file => Read(file).Rules).SelectMany(one => one.Spec?.Rules ?? []);
            TablePrinter.Print(Console.Out, ["ID", "ON", "SEVERITY", "PROFILE", "EVENTS", "MITRE", "NAME"], [.. rules.Select(Row)]);
            return 0;
        });
        return command;
    }

    private static string[] Row(RuntimeRule rule) =>
    [
        rule.Id ?? string.Empty,
        rule.Enabled ? "yes" : "no",
        rule.Severity.ToString(CultureInfo.InvariantCulture),
        rule.ProfileDependency >= 0 && rule.ProfileDependency < Dependencies.Length ? Dependencies[rule.ProfileDependency] : "?",
        string.Join(',', (rule.Expressions?.RuleExpression ?? []).Select(one => one.EventType).Distinct()),
        $"{rule.MitreTactic} {rule.MitreTechnique}",
        rule.Name ?? string.Empty,
    ];

    internal static RuleDocuments Read(string file)
    {
        try
        {
            using TextReader reader = file == "-" ? Console.In : File.OpenText(file);
            return RuleDocuments.Parse(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }
}
