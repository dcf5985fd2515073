// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>One line of a search: <c>Field|modifier: value</c>, or a list of values.</summary>
/// <remarks>Errors: a <see cref="LackingCondition"/> names field or modifier; <see cref="FormatException"/>. Source: the Sigma modifiers appendix.</remarks>
internal sealed class SigmaItem
{
    private static readonly string[] Known =
    [
        "contains", "startswith", "endswith", "all", "exists", "cased", "neq", "windash", "re", "i", "m", "s", "base64", "base64offset",
        "wide", "utf16le", "utf16be", "utf16", "lt", "lte", "gt", "gte", "fieldref",
    ];

    private readonly string _name;
    private readonly string[] _modifiers;
    private readonly SigmaField _field;

    private SigmaItem(string name, string[] modifiers, SigmaField field) => (_name, _modifiers, _field) = (name, modifiers, field);

    /// <param name="key">Shape: <c>Image|endswith</c>.</param>
    public static Condition Of(string key, ImportValue value)
    {
        string[] parts = key.Split('|');
        if (parts[0].Length == 0)
        {
            return Condition.Lacking("keywords, which are sought in whole messages");
        }

        if (SigmaFields.Find(parts[0]) is not { } field)
        {
            return Condition.Lacking($"field {parts[0]}");
        }

        string[] modifiers = parts[1..];
        if (Array.Find(modifiers, one => !Known.Contains(one)) is { } unknown)
        {
            return Condition.Lacking($"operator |{unknown} of {parts[0]}");
        }

        return new SigmaItem(parts[0], modifiers, field).All(value is ImportSequence list ? list.Values : [value]);
    }

    private bool Has(string modifier) => Array.IndexOf(_modifiers, modifier) >= 0;

    private Condition All(IReadOnlyList<ImportValue> values)
    {
        if (values.Count == 0)
        {
            throw new FormatException($"{_name} has no values");
        }

        Condition[] each = [.. values.Select(One)];
        Condition made = Has("all") ? Condition.All(each) : Condition.Any(each);
        return Has("neq") ? Condition.All(_field.Present, Condition.Not(made)) : made;
    }

    private Condition One(ImportValue value)
    {
        if (value is not ImportScalar scalar)
        {
            throw new FormatException($"line {value.Line}: a value of {_name} is neither text nor a number");
        }

        if (Has("exists"))
        {
            bool wanted = scalar.Bool ?? throw new FormatException($"{_name}|exists is true or false");
            return wanted ? _field.Present : Condition.Not(_field.Present);
        }

        if (scalar.IsNull)
        {
            return Condition.Not(_field.Present);
        }

        return Has("fieldref") ? Reference(scalar.Value)
            : _field.IsUser ? User(scalar.Value)
            : _field.IsNumber ? Number(scalar.Value)
            : Has("lt") || Has("lte") || Has("gt") || Has("gte") ? Condition.Lacking($"operator < and > of the text {_name}")
            : Has("re") ? Expression(scalar.Value)
            : Texts(scalar.Value);
    }

    private Condition Reference(string name)
    {
        if (SigmaFields.Find(name) is not { } other)
        {
            return Condition.Lacking($"field {name}");
        }

        if (other.IsNumber != _field.IsNumber)
        {
            return Condition.Lacking($"operator |fieldref between {_name} and {name}");
        }

        string left = Has("cased") || _field.IsNumber ? _field.Cel : $"{_field.Cel}.lowerAscii()";
        string right = Has("cased") || _field.IsNumber ? other.Cel : $"{other.Cel}.lowerAscii()";
        string test = Has("contains") ? $"{left}.contains({right})"
            : Has("startswith") ? $"{left}.startsWith({right})"
            : Has("endswith") ? $"{left}.endsWith({right})"
            : $"{left} == {right}";
        return _field.IsNumber && _modifiers.Any(one => one is not "fieldref" and not "neq")
            ? Condition.Lacking($"operator |{string.Join('|', _modifiers)} of the number {_name}")
            : Condition.All(other.Present, Condition.Test(test));
    }

    // Only root's name is the same everywhere.
    private Condition User(string name) => _modifiers.All(one => one is "neq" or "all" or "cased") && string.Equals(name, "root", StringComparison.OrdinalIgnoreCase)
        ? Condition.Test($"{_field.Cel} == 0", SigmaFields.UserNames)
        : Condition.Lacking($"field {_name} with another value than root");

    private Condition Number(string text)
    {
        string? sign = _modifiers.Where(one => one is not "neq" and not "all").ToArray() switch
        {
            [] => "==",
            ["lt"] => "<",
            ["lte"] => "<=",
            ["gt"] => ">",
            ["gte"] => ">=",
            _ => null,
        };
        return sign is null ? Condition.Lacking($"operator |{string.Join('|', _modifiers)} of the number {_name}")
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? Condition.All(_field.Present, Condition.Test($"{_field.Cel} {sign} {number}"))
            : throw new FormatException($"{_name} is a number, and '{text}' is none");
    }

    private Condition Expression(string expression)
    {
        string flags = string.Concat(((string[])["i", "m", "s"]).Where(Has));
        string pattern = flags.Length > 0 ? $"(?{flags}){expression}" : expression;

        // What has no text is matched by nothing.
        return Condition.All(_field.Present, Condition.Test($"{_field.Cel}.matches({CelLiteral.Of(pattern)})"));
    }

    private Condition Texts(string value)
    {
        IEnumerable<TextPattern> patterns = Encoding() is { } encoding
            ? Encoded(value, encoding).Select(text => new TextPattern().Text(text))
            : [SigmaValue.Pattern(value, Has("windash"))];
        return Condition.Any(patterns.Select(Whole).Select(pattern =>
        {
            Condition test = pattern.Test(_field.Cel, ignoresCase: !Has("cased")) is var cel && cel == "true" ? Condition.True : Condition.Test(cel);

            // An empty value is the missing one; else only a pattern of nothing but gaps would hold of what is missing.
            return pattern.MatchesEmpty && pattern.Plain is null ? Condition.All(_field.Present, test) : test;
        }));
    }

    private string? Encoding() => Array.Find(_modifiers, one => one is "wide" or "utf16le" or "utf16be" or "utf16") ?? (Has("base64") || Has("base64offset") ? "utf8" : null);

    private IEnumerable<string> Encoded(string value, string encoding)
    {
        byte[] bytes = SigmaValue.Encode(SigmaValue.Plain(value), encoding);
        return Has("base64offset") ? SigmaValue.Base64Parts(bytes)
            : Has("base64") ? [Convert.ToBase64String(bytes)]
            : throw new FormatException($"{_name}|{encoding} without base64 would be text with NUL, which no argument has");
    }

    private TextPattern Whole(TextPattern pattern)
    {
        var made = new TextPattern();
        if (Has("contains") || Has("endswith"))
        {
            made.AnyRun();
        }

        made.Then(pattern);
        return Has("contains") || Has("startswith") ? made.AnyRun() : made;
    }
}
