// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>The lists, macros and rules of all files, as they are after the last one: in their order, with what was appended and replaced.</summary>
/// <remarks>Source: Falco's documentation of rules, overriding and exceptions.</remarks>
internal sealed class FalcoDefinitions(RuleWriter writer)
{
    private readonly Dictionary<string, FalcoRule> _rules = new(StringComparer.Ordinal);

    public Dictionary<string, List<FalcoValue>> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>The texts of the conditions.</summary>
    public Dictionary<string, string> Macros { get; } = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were first named.</summary>
    public IEnumerable<FalcoRule> Rules => _rules.Values;

    public void Read(ImportSource source)
    {
        IReadOnlyList<ImportValue> documents;
        try
        {
            documents = ImportDocuments.Read(source.Text);
        }
        catch (FormatException e)
        {
            writer.Note(source.Name, 0, ImportRemarkKind.Refused, e.Message);
            return;
        }

        foreach (ImportValue document in documents)
        {
            if (document is not ImportSequence)
            {
                writer.Note(source.Name, document.Line, ImportRemarkKind.Refused, "a Falco rules file is a list of rules, macros and lists");
                continue;
            }

            foreach (ImportValue item in document.Items)
            {
                Take(source.Name, item);
            }
        }
    }

    private void Take(string source, ImportValue item)
    {
        if (item["rule"]?.Text is { Length: > 0 } rule)
        {
            TakeRule(source, rule, item);
        }
        else if (item["macro"]?.Text is { Length: > 0 } macro)
        {
            TakeMacro(source, macro, item);
        }
        else if (item["list"]?.Text is { Length: > 0 } list)
        {
            TakeList(list, item);
        }
        else if (item["required_plugin_versions"] is { } plugins)
        {
            foreach (ImportValue plugin in plugins.Items)
            {
                writer.Note(source, plugin.Line, ImportRemarkKind.Note, $"the plugin {plugin["name"]?.Text} is not here: rules of its source are not taken over");
            }
        }
        else if (item["required_engine_version"] is null)
        {
            writer.Note(source, item.Line, ImportRemarkKind.Note, "neither a rule, a macro nor a list");
        }
    }

    private void TakeList(string name, ImportValue item)
    {
        bool appends = IsTrue(item["append"]) || item["override"]?["items"]?.Text == "append";
        if (!appends || !Lists.TryGetValue(name, out List<FalcoValue>? items))
        {
            Lists[name] = items = [];
        }

        items.AddRange((item["items"]?.Items ?? []).Select(ValueOf));
    }

    /// <summary>An item, with quotes inside of the YAML's quotes taken off: they tell that it is no name of a list.</summary>
    public static FalcoValue ValueOf(ImportValue item)
    {
        string text = item.Text ?? string.Empty;
        return text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] && TryUnquote(text, out FalcoValue? value) ? value : new FalcoValue(text, IsQuoted: false);
    }

    private static bool TryUnquote(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FalcoValue? value)
    {
        try
        {
            var lexer = new FalcoLexer(text);
            value = lexer.Value();
            return lexer.AtEnd;
        }
        catch (FormatException)
        {
            value = null;
            return false;
        }
    }

    private void TakeMacro(string source, string name, ImportValue item)
    {
        string condition = item["condition"]?.Text ?? string.Empty;
        bool appends = IsTrue(item["append"]) || item["override"]?["condition"]?.Text == "append";
        if (!appends)
        {
            Macros[name] = condition;
        }
        else if (Macros.TryGetValue(name, out string? known))
        {
            Macros[name] = Appended(known, condition);
        }
        else
        {
            writer.Note(source, item.Line, ImportRemarkKind.Note, $"appends to the macro {name}, which is not there");
        }
    }

    private void TakeRule(string source, string name, ImportValue item)
    {
        ImportMapping? overrides = item["override"] as ImportMapping;
        bool appends = IsTrue(item["append"]);
        bool onlyEnables = item["condition"] is null && item["enabled"] is not null && overrides is null && !appends;
        if (overrides is null && !appends && !onlyEnables)
        {
            var made = new FalcoRule(name, source, item.Line);
            _rules[name] = made;
            FalcoRuleParts.Define(made, (ImportMapping)item);
            return;
        }

        if (!_rules.TryGetValue(name, out FalcoRule? rule))
        {
            writer.Note(source, item.Line, ImportRemarkKind.Note, $"changes the rule '{name}', which is not there");
        }
        else if (onlyEnables)
        {
            rule.Enabled = IsTrue(item["enabled"]);
        }
        else if (appends)
        {
            FalcoRuleParts.Append(rule, item);
        }
        else
        {
            FalcoRuleParts.Override(rule, item, overrides!);
        }
    }

    // Text behind text, whatever the precedence of its words. Anything longer than a condition may be is refused when it is read.
    public static string Appended(string text, string more) =>
        text.Length > ImportLimits.MaxConditionLength ? text : text + " " + more;

    public static bool IsTrue(ImportValue? value) => value is ImportScalar { Bool: true } or ImportScalar { IsPlain: false, Value: "true" };
}
