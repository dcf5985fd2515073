// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Import.Falco;
using NodeAgent.Rules.Import.Sigma;
using YamlWriter = NodeAgent.Cli.Output.YamlText;

namespace NodeAgent.Cli;

/// <summary><c>node-agent rules import</c>: our rules of those in another language.</summary>
/// <remarks>Exit code: 0 when every rule was taken over, 1 when one was not. What was is written in either case.</remarks>
internal static class RulesImportCommand
{
    public static Command Create() => new("import", "Make rules of those in another language; what is lacking, and what means something else, is said on standard error")
    {
        Language("falco", "Falco rules files, read in their order as one set: lists, macros, rules, exceptions", FalcoImport.Read),
        Language("sigma", "Sigma rules for processes that are started on Linux (process_creation)", SigmaImport.Read),
    };

    private static ExampleCommand Language(string name, string description, Func<IEnumerable<ImportSource>, bool, RuleImport> read)
    {
        var files = new Argument<string[]>("FILE") { Description = "YAML; - = standard input", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "Where to write the rules (default: standard output)", HelpName = "FILE" };
        var objectName = new Option<string>("--name") { Description = "Name of the Rules object", DefaultValueFactory = _ => name, HelpName = "NAME" };
        var strict = new Option<bool>("--strict") { Description = "Take over no rule that would mean less or more than the original" };
        var command = new ExampleCommand(
            name,
            description + ". Exit code 1 if one was not taken over",
            $"node-agent rules import {name} rules.yaml > our-rules.yaml",
            $"node-agent rules import {name} base.yaml local.yaml --strict --output our-rules.yaml")
        {
            files, output, objectName, strict,
        };
        command.SetAction(arguments =>
        {
            RuleImport import = read([.. arguments.GetValue(files)!.Select(Read)], arguments.GetValue(strict));
            TextWriter error = arguments.InvocationConfiguration.Error;
            Say(import, error);
            Write(import.ToObject(arguments.GetValue(objectName)!), arguments.GetValue(output), arguments.InvocationConfiguration.Output);
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{import.Read} rules read, {import.Rules.Count} taken over, {import.Refused} not"));
            return import.Remarks.Any(remark => remark.Kind == ImportRemarkKind.Refused) ? 1 : 0;
        });
        return command;
    }

    // What is refused is said rule by rule; what means something else is said once, with the rules of which it is true.
    private static void Say(RuleImport import, TextWriter error)
    {
        foreach (ImportRemark remark in import.Remarks.Where(remark => remark.Kind == ImportRemarkKind.Refused))
        {
            Line(error, $"{Place(remark)}: not taken over: {(remark.Rule.Length > 0 ? $"'{remark.Rule}': " : string.Empty)}{remark.Message}");
        }

        foreach (var alike in import.Remarks.Where(remark => remark.Kind != ImportRemarkKind.Refused).GroupBy(remark => (remark.Kind, remark.Message)).OrderBy(group => group.Key.Kind))
        {
            string kind = alike.Key.Kind switch
            {
                ImportRemarkKind.MeansLess => "warning: means less",
                ImportRemarkKind.MeansMore => "warning: means more",
                _ => "note",
            };
            string whose = string.Join(", ", alike.Select(remark => remark.Rule.Length > 0 ? $"'{remark.Rule}'" : Place(remark)).Distinct());
            Line(error, $"{kind}: {alike.Key.Message} ({whose})");
        }
    }

    private static string Place(ImportRemark remark) => remark.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{remark.Source}:{remark.Line}") : remark.Source;

    private static void Line(TextWriter error, string text) => error.WriteLine(TerminalText.Escape(text));

    private static void Write(RulesObject rules, string? path, TextWriter output)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        YamlWriter.Write(text, JsonSerializer.SerializeToNode(rules, RuleJsonContext.Readable.RulesObject)!);
        if (path is null)
        {
            output.Write(text.ToString());
            return;
        }

        try
        {
            File.WriteAllText(path, text.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}");
        }
    }

    private static ImportSource Read(string file)
    {
        try
        {
            using TextReader reader = file == "-" ? Console.In : File.OpenText(file);
            return ImportSource.Read(file, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }
}
