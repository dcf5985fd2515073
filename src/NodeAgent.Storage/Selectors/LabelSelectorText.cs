// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Storage.Selectors;

/// <summary>A label selector of a request. Shape: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k,l&gt;1</c>.</summary>
/// <remarks>Source: k8s.io/apimachinery labels.Parse; its messages too, as far as the recordings show them.</remarks>
internal sealed class LabelSelectorText
{
    public static readonly LabelSelectorText Everything = new([]);

    private readonly List<Requirement> _requirements;

    private LabelSelectorText(List<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        Exists,
        DoesNotExist,
        In,
        NotIn,
        GreaterThan,
        LessThan,
    }

    public bool IsEverything => _requirements.Count == 0;

    /// <exception cref="FormatException">The message is what the client gets.</exception>
    public static LabelSelectorText Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var tokens = new SelectorTokens(text);
        var requirements = new List<Requirement>();
        while (tokens.Peek().Length > 0)
        {
            requirements.Add(ParseRequirement(tokens));
            string next = tokens.Next();
            if (next.Length > 0 && (next != "," || tokens.Peek().Length == 0))
            {
                throw new FormatException(next == ","
                    ? "found '', expected: identifier after ','"
                    : $"found '{next}', expected: ',' or 'end of string'");
            }
        }

        return new LabelSelectorText(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (Requirement requirement in _requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    private static Requirement ParseRequirement(SelectorTokens tokens)
    {
        bool negated = tokens.Peek() == "!";
        if (negated)
        {
            tokens.Next();
        }

        string key = tokens.Next();
        if (!LabelSyntax.IsQualifiedName(key))
        {
            throw new FormatException(SelectorTokens.IsSymbol(key)
                ? $"found '{key}', expected: !, identifier, or 'end of string'"
                : $"key: Invalid value: \"{key}\": a label key is an optional DNS prefix and a name of at most 63 letters, digits, '-', '_' or '.'");
        }

        if (negated)
        {
            return new Requirement(key, Operator.DoesNotExist, []);
        }

        if (tokens.Peek() is "" or ",")
        {
            return new Requirement(key, Operator.Exists, []);
        }

        return tokens.Next() switch
        {
            "=" or "==" => new Requirement(key, Operator.In, [tokens.Value()]),
            "!=" => new Requirement(key, Operator.NotIn, [tokens.Value()]),
            "in" => new Requirement(key, Operator.In, tokens.ValueSet()),
            "notin" => new Requirement(key, Operator.NotIn, tokens.ValueSet()),
            ">" => new Requirement(key, Operator.GreaterThan, [tokens.IntegerValue()]),
            "<" => new Requirement(key, Operator.LessThan, [tokens.IntegerValue()]),
            string other => throw new FormatException($"unable to parse requirement: found '{other}', expected: in, notin, =, ==, !=, >, <"),
        };
    }

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values)
    {
        public bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            bool present = labels.TryGetValue(Key, out string? value);
            return Operator switch
            {
                Operator.Exists => present,
                Operator.DoesNotExist => !present,
                Operator.In => present && Values.Contains(value!),
                Operator.NotIn => !present || !Values.Contains(value!),
                _ => present && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                    && (Operator == Operator.GreaterThan
                        ? number > long.Parse(Values[0], CultureInfo.InvariantCulture)
                        : number < long.Parse(Values[0], CultureInfo.InvariantCulture)),
            };
        }
    }
}
