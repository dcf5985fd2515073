// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Exceptions as what they mean: <c>and not (… or …)</c>.</summary>
/// <remarks>Errors: <see cref="FormatException"/>. Source: Falco's documentation of rule exceptions.</remarks>
internal static class FalcoExceptions
{
    public static FalcoExpression Applied(FalcoExpression condition, IReadOnlyList<FalcoException> exceptions)
    {
        // Aliases of YAML make long lists out of a few characters.
        if (exceptions.Sum(exception => exception.Values.Sum(value => value.Weight)) > ImportLimits.MaxConditionParts)
        {
            throw new FormatException($"its exceptions have more than {ImportLimits.MaxConditionParts} values");
        }

        FalcoExpression[] rows = [.. exceptions.SelectMany(Rows)];
        return rows.Length == 0 ? condition : new FalcoRow(IsAnd: true, [condition, new FalcoNot(rows.Length == 1 ? rows[0] : new FalcoRow(IsAnd: false, rows))]);
    }

    private static IEnumerable<FalcoExpression> Rows(FalcoException exception)
    {
        if (exception.Values.Count == 0)
        {
            yield break;
        }

        if (exception.Fields.Count == 0)
        {
            throw new FormatException($"exception {exception.Name} has values and no fields");
        }

        if (exception.IsSingle)
        {
            // A list of values; rows of one value each mean the same.
            yield return Compare(exception.Fields[0], exception.Operators[0], [.. exception.Values.SelectMany(value => value is ImportSequence list ? list.Items : [value])]);
            yield break;
        }

        foreach (ImportValue row in exception.Values)
        {
            if (row.Items.Count != exception.Fields.Count)
            {
                throw new FormatException($"exception {exception.Name}, line {row.Line}: {row.Items.Count} values for {exception.Fields.Count} fields");
            }

            FalcoExpression[] parts = [.. row.Items.Select((value, i) => Compare(exception.Fields[i], exception.Operators[i], value is ImportSequence list ? list.Items : [value]))];
            yield return parts.Length == 1 ? parts[0] : new FalcoRow(IsAnd: true, parts);
        }
    }

    private static FalcoCheck Compare(string field, string sign, IReadOnlyList<ImportValue> values)
    {
        var lexer = new FalcoLexer(field);
        string name = lexer.Name() ?? throw new FormatException($"'{field}' is no field");
        string? argument = lexer.Argument();
        var operators = new FalcoLexer(sign);
        string known = operators.Operator() ?? throw new FormatException($"'{sign}' is no comparison");
        if (!lexer.AtEnd || !operators.AtEnd)
        {
            throw new FormatException($"'{field} {sign}' is no comparison of a field");
        }

        return new FalcoCheck(new FalcoField(name, argument, []), known, [.. values.SelectMany(Values)], null);
    }

    // A scalar may be a list in the language of conditions.
    private static IEnumerable<FalcoValue> Values(ImportValue value) => value.Text is { } text && text.StartsWith('(') && text.EndsWith(')')
        ? Listed(text)
        : value is ImportScalar ? [FalcoDefinitions.ValueOf(value)]
        : throw new FormatException($"line {value.Line}: a value is text or a number");

    private static List<FalcoValue> Listed(string text)
    {
        var lexer = new FalcoLexer(text);
        var values = new List<FalcoValue>();
        lexer.Expect('(');
        while (!lexer.Take(')'))
        {
            if (values.Count > 0)
            {
                lexer.Expect(',');
            }

            values.Add(lexer.Value());
        }

        return lexer.AtEnd ? values : throw lexer.Fault("expected the end");
    }
}
