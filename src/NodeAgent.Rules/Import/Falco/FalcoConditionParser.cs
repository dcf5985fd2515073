// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Falco;

/// <summary>Reads conditions by recursive descent.</summary>
/// <remarks>Errors: <see cref="FormatException"/> with the column. Source: the condition syntax of Falco's documentation.</remarks>
internal sealed class FalcoConditionParser
{
    private static readonly string[] Transformers = ["tolower", "toupper", "b64", "basename", "len", "val"];

    private readonly FalcoLexer _text;
    private int _depth;

    private FalcoConditionParser(string text) => _text = new FalcoLexer(text);

    public static FalcoExpression Parse(string text)
    {
        if (text.Length > ImportLimits.MaxConditionLength)
        {
            throw new FormatException($"the condition has more than {ImportLimits.MaxConditionLength} characters");
        }

        var parser = new FalcoConditionParser(text);
        FalcoExpression found = parser.Row(isAnd: false);
        return parser._text.AtEnd ? found : throw parser._text.Fault("expected 'and', 'or' or the end");
    }

    private FalcoExpression Row(bool isAnd)
    {
        var parts = new List<FalcoExpression>();
        do
        {
            parts.Add(isAnd ? Negation() : Row(isAnd: true));
        }
        while (_text.TakeWord(isAnd ? "and" : "or"));

        return parts.Count == 1 ? parts[0] : new FalcoRow(isAnd, parts);
    }

    private FalcoExpression Negation()
    {
        bool isNegated = false;
        while (_text.TakeWord("not"))
        {
            isNegated = !isNegated;
        }

        FalcoExpression part = Check();
        return isNegated ? new FalcoNot(part) : part;
    }

    private FalcoExpression Check()
    {
        if (_text.Take('('))
        {
            if (++_depth > ImportLimits.MaxConditionDepth)
            {
                throw _text.Fault($"more than {ImportLimits.MaxConditionDepth} levels of parentheses");
            }

            FalcoExpression inner = Row(isAnd: false);
            _text.Expect(')');
            _depth--;
            return inner;
        }

        string name = _text.Name() ?? throw _text.Fault("expected a field, a macro or '('");
        if (!name.Contains('.', StringComparison.Ordinal) && !IsTransformer(name))
        {
            return new FalcoMacro(name);
        }

        FalcoField field = Field(name);
        string sign = _text.Operator() ?? throw _text.Fault($"expected an operator after {field}");
        return sign == "exists" ? new FalcoCheck(field, sign, [], null)
            : _text.Quantifier() is { } quantifier ? new FalcoCheck(field, $"{sign} {quantifier}", List(), null)
            : Operand() is { } other ? new FalcoCheck(field, sign, [], other)
            : new FalcoCheck(field, sign, sign is "in" or "intersects" or "pmatch" ? List() : [_text.Value()], null);
    }

    private FalcoField? Operand()
    {
        int start = _text.At;
        string? name = _text.Name();
        if (name is not null && IsTransformer(name))
        {
            return Field(name);
        }

        _text.At = start;
        return null;
    }

    private bool IsTransformer(string name) => Transformers.Contains(name) && _text.IsNext('(');

    private FalcoField Field(string name)
    {
        var transformers = new List<string>();
        while (IsTransformer(name))
        {
            if (transformers.Count >= ImportLimits.MaxConditionDepth)
            {
                throw _text.Fault($"more than {ImportLimits.MaxConditionDepth} transformers");
            }

            transformers.Insert(0, name);
            _text.Expect('(');
            name = _text.Name() ?? throw _text.Fault("expected a field");
        }

        if (!name.Contains('.', StringComparison.Ordinal))
        {
            throw _text.Fault($"'{name}' is no field");
        }

        string? argument = _text.Argument();
        foreach (string _ in transformers)
        {
            _text.Expect(')');
        }

        return new FalcoField(name, argument, [.. transformers.Where(one => one != "val")]);
    }

    // One name, or names and values in parentheses; there may be none.
    private List<FalcoValue> List()
    {
        var values = new List<FalcoValue>();
        if (!_text.Take('('))
        {
            values.Add(_text.Value());
            return values;
        }

        while (!_text.Take(')'))
        {
            if (values.Count > 0)
            {
                _text.Expect(',');
            }

            values.Add(_text.Value());
        }

        return values;
    }
}
