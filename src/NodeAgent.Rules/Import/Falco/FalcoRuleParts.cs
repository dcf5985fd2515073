// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Writes what an item says into the rule that it defines, appends to or overrides.</summary>
internal static class FalcoRuleParts
{
    private static readonly string[] ListOperators = ["in", "pmatch", "intersects"];

    public static void Define(FalcoRule rule, ImportMapping item)
    {
        rule.Condition = item["condition"]?.Text;
        rule.Description = item["desc"]?.Text?.Trim() ?? string.Empty;
        rule.Output = item["output"]?.Text ?? string.Empty;
        rule.Priority = item["priority"]?.Text ?? string.Empty;
        rule.EventSource = item["source"]?.Text ?? "syscall";
        rule.Enabled = item["enabled"] is null || FalcoDefinitions.IsTrue(item["enabled"]);
        rule.Tags.AddRange(Texts(item["tags"]));
        AddExceptions(rule, item["exceptions"]);
    }

    public static void Append(FalcoRule rule, ImportValue item)
    {
        if (item["condition"]?.Text is { } condition)
        {
            rule.Condition = FalcoDefinitions.Appended(rule.Condition ?? string.Empty, condition);
        }

        AddExceptions(rule, item["exceptions"]);
    }

    public static void Override(FalcoRule rule, ImportValue item, ImportMapping overrides)
    {
        foreach ((string key, ImportValue how) in overrides.Members)
        {
            bool appends = how.Text == "append";
            if (!appends && how.Text != "replace")
            {
                rule.Faults.Add($"override of {key} is neither append nor replace");
            }

            switch (key)
            {
                case "condition":
                    rule.Condition = Joined(appends, rule.Condition, item[key]?.Text);
                    break;
                case "output":
                    rule.Output = Joined(appends, rule.Output, item[key]?.Text);
                    break;
                case "desc":
                    rule.Description = Joined(appends, rule.Description, item[key]?.Text?.Trim());
                    break;
                case "priority":
                    rule.Priority = item[key]?.Text ?? string.Empty;
                    break;
                case "enabled":
                    rule.Enabled = FalcoDefinitions.IsTrue(item[key]);
                    break;
                case "tags":
                    Clear(rule.Tags, appends);
                    rule.Tags.AddRange(Texts(item[key]));
                    break;
                case "exceptions":
                    Clear(rule.Exceptions, appends);
                    AddExceptions(rule, item[key]);
                    break;
                case "warn_evttypes" or "skip-if-unknown-filter" or "capture" or "capture_duration":
                    break;
                default:
                    rule.Faults.Add($"override of {key}, which is nothing that can be overridden");
                    break;
            }
        }
    }

    private static string Joined(bool appends, string? text, string? more) => appends ? FalcoDefinitions.Appended(text ?? string.Empty, more ?? string.Empty) : more ?? string.Empty;

    private static void Clear<T>(List<T> list, bool appends)
    {
        if (!appends)
        {
            list.Clear();
        }
    }

    // One that has the name of another adds values to it.
    private static void AddExceptions(FalcoRule rule, ImportValue? exceptions)
    {
        foreach (ImportValue item in exceptions?.Items ?? [])
        {
            string name = item["name"]?.Text ?? string.Empty;
            FalcoException? exception = rule.Exceptions.Find(one => one.Name == name);
            if (exception is null && rule.Exceptions.Count > ImportLimits.MaxTags)
            {
                return;
            }

            if (exception is null)
            {
                exception = new FalcoException(name, item.Line);
                rule.Exceptions.Add(exception);
            }

            if (item["fields"] is { } fields)
            {
                exception.Fields.Clear();
                exception.Operators.Clear();
                exception.IsSingle = fields is ImportScalar;
                exception.Fields.AddRange(Texts(fields));
                exception.Operators.AddRange(Texts(item["comps"]));
                if (exception.Operators.Count == 0)
                {
                    exception.Operators.AddRange(exception.Fields.Select(_ => exception.IsSingle ? "in" : "="));
                }

                Check(rule, exception);
            }

            exception.Values.AddRange(item["values"]?.Items ?? []);
        }
    }

    private static void Check(FalcoRule rule, FalcoException exception)
    {
        if (exception.Fields.Count == 0 || exception.Operators.Count != exception.Fields.Count)
        {
            rule.Faults.Add($"exception {exception.Name}: {exception.Fields.Count} fields and {exception.Operators.Count} comparisons");
        }
        else if (exception.IsSingle && !ListOperators.Contains(exception.Operators[0]))
        {
            rule.Faults.Add($"exception {exception.Name}: a single field is compared by in, pmatch or intersects");
        }
    }

    private static IEnumerable<string> Texts(ImportValue? value) => value is ImportScalar scalar
        ? scalar.IsNull ? [] : [scalar.Value]
        : (value?.Items ?? []).Select(item => item.Text).OfType<string>();
}
