// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>One comparison as a question of ours. What is absent is unlike everything: the question is then false, whatever the operator.</summary>
/// <remarks>Errors: a <see cref="LackingCondition"/> names the operator; <see cref="FormatException"/> for a value that is none of the field.</remarks>
/// <param name="say">Told of names that our events never have: they are unlike everything.</param>
internal sealed class FalcoComparison(Action<Approximation> say)
{
    private const string NotKnown = "<NA>";

    /// <param name="values">Lists written out.</param>
    public Condition Of(FalcoReading reading, FalcoCheck check, IReadOnlyList<string> values)
    {
        bool isList = check.Operator is "in" or "intersects" or "pmatch";
        if (check.Operator == "exists")
        {
            return Present(reading);
        }

        if (isList && values.Count == 0)
        {
            return Condition.False;
        }

        if (!isList && values.Count != 1)
        {
            throw new FormatException($"{check.Field} {check.Operator} takes one value, not {values.Count}");
        }

        if (values.Contains(NotKnown) && reading.Presence is not null && Unknowable(reading, check, values) is { } answer)
        {
            return answer;
        }

        // Unlike a list of values is 'not in', so only one value can be unlike.
        bool negates = check.Operator == "!=" && reading.ElementsOf is not null && reading.UnlikeAll;
        return negates
            ? Condition.All(Present(reading), Condition.Not(Asked(reading, Question(reading, check with { Operator = "=" }, values))))
            : Asked(reading, Question(reading, check, values));
    }

    /// <summary>Both sides are fields.</summary>
    public static Condition Of(FalcoReading left, string sign, FalcoReading right, string fieldNames)
    {
        bool numbers = left.Kind == FalcoKind.Number && right.Kind == FalcoKind.Number;
        bool texts = left.Kind is FalcoKind.Text or FalcoKind.Address && right.Kind is FalcoKind.Text or FalcoKind.Address;
        string? test = (sign, texts, numbers) switch
        {
            ("=", true, _) or ("=", _, true) => $"{left.Cel} == {right.Cel}",
            ("!=", true, _) or ("!=", _, true) => $"{left.Cel} != {right.Cel}",
            ("<" or "<=" or ">" or ">=", _, true) => $"{left.Cel} {sign} {right.Cel}",
            ("contains", true, _) => $"{left.Cel}.contains({right.Cel})",
            ("icontains", true, _) => $"{left.Cel}.lowerAscii().contains({right.Cel}.lowerAscii())",
            ("startswith", true, _) => $"{left.Cel}.startsWith({right.Cel})",
            ("endswith", true, _) => $"{left.Cel}.endsWith({right.Cel})",
            _ => null,
        };
        return test is null || right.ElementsOf is not null
            ? Condition.Lacking($"operator {sign} between {fieldNames}")
            : Condition.All(Present(right), Asked(left, (test, true)));
    }

    private static Condition Present(FalcoReading reading) => reading.ElementsOf is not null
        ? Condition.Test(reading.ElementsOf + (reading.Presence ?? "true") + ")", reading.Remark)
        : reading.Presence is null ? Condition.True : Condition.Test(reading.Presence, reading.Remark);

    // Where Falco has a text for what is not known, a rule may ask for it; elsewhere nothing is ever equal to it.
    private Condition? Unknowable(FalcoReading reading, FalcoCheck check, IReadOnlyList<string> values) => (check.Operator, reading.SaysNotKnown) switch
    {
        ("!=", _) => Present(reading),
        ("=", true) => Condition.Not(Present(reading)),
        ("in", true) => Condition.Any(Condition.Not(Present(reading)), Of(reading, check, [.. values.Where(value => value != NotKnown)])),
        ("=", false) => Condition.False,
        _ => null,
    };

    // The presence is asked only where the question would hold of what is not there.
    private static Condition Asked(FalcoReading reading, (string? Test, bool NeedsPresence) question)
    {
        if (question.Test is null)
        {
            return Condition.False;
        }

        Condition test = question.Test is "true" or "false"
            ? Condition.Of(question.Test == "true")
            : Condition.Test(reading.ElementsOf is null ? question.Test : $"{reading.ElementsOf}{question.Test})", reading.Remark);
        return question.NeedsPresence && reading.ElementsOf is null ? Condition.All(Present(reading), test) : test;
    }

    private (string? Test, bool NeedsPresence) Question(FalcoReading reading, FalcoCheck check, IReadOnlyList<string> values) => reading.Kind switch
    {
        FalcoKind.Text => FalcoTextComparison.Of(reading.Cel, check, values),
        FalcoKind.Number => (Numbers(reading.Cel, check, values), true),
        FalcoKind.Bool => (Bool(reading.Cel, check, values[0]), true),
        FalcoKind.Address => (Addresses(reading.Cel, check, values), check.Operator == "!="),
        FalcoKind.Flags => (Flags(reading.Cel, check, values), false),
        FalcoKind.Named => (Named(reading, check, values), true),
        FalcoKind.Result => (Result(reading.Cel, check, values), true),
        _ => (Zero(reading.Cel, check, values), true),
    };

    private static string Numbers(string cel, FalcoCheck check, IReadOnlyList<string> values) => check.Operator switch
    {
        "=" => $"{cel} == {Number(check, values[0])}",
        "!=" or "<" or "<=" or ">" or ">=" => $"{cel} {check.Operator} {Number(check, values[0])}",
        "in" or "intersects" => $"{cel} in [{string.Join(", ", values.Select(value => Number(check, value)))}]",
        _ => throw new LackingException(check),
    };

    private static long Number(FalcoCheck check, string value)
    {
        bool isHex = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(isHex ? value.AsSpan(2) : value, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"{check.Field} is a number, and '{value}' is none");
    }

    private static string Bool(string cel, FalcoCheck check, string value)
    {
        bool wanted = value switch
        {
            "true" or "True" or "1" => true,
            "false" or "False" or "0" => false,
            _ => throw new FormatException($"{check.Field} is true or false, and '{value}' is neither"),
        };
        bool isEqual = check.Operator switch
        {
            "=" => wanted,
            "!=" => !wanted,
            _ => throw new LackingException(check),
        };
        return cel is "true" or "false" ? (cel == "true") == isEqual ? "true" : "false" : isEqual ? cel : $"!({cel})";
    }

    private static string Addresses(string cel, FalcoCheck check, IReadOnlyList<string> values)
    {
        string any = string.Join(" || ", values.Select(value => $"net.in_cidr({cel}, {CelLiteral.Of(AddressBlocks.Normal(value) ?? throw new FormatException($"'{value}' is no address and no network"))})"));
        return check.Operator switch
        {
            "=" or "in" or "intersects" => values.Count > 1 ? $"({any})" : any,
            "!=" => $"!{any}",
            _ => throw new LackingException(check),
        };
    }

    private static string Flags(string cel, FalcoCheck check, IReadOnlyList<string> values) => check.Operator switch
    {
        "contains" or "icontains" => $"{CelLiteral.Of(check.Operator == "icontains" ? values[0].ToUpperInvariant() : values[0])} in {cel}",
        _ => throw new LackingException(check),
    };

    private string Named(FalcoReading reading, FalcoCheck check, IReadOnlyList<string> values)
    {
        if (check.Operator == "startswith" && values[0] == "E" && ReferenceEquals(reading.Names, ErrnoNames.All))
        {
            return $"{reading.Cel} != 0";
        }

        bool isUnlike = check.Operator == "!=";
        var numbers = new List<long>();
        foreach (string value in values)
        {
            if (reading.NeverNamed?.Invoke(value) is { } never)
            {
                say(isUnlike ? never.Negated : never);
            }
            else
            {
                numbers.Add(reading.Names!.TryGetValue(value, out long number) ? number : throw new LackingException($"{check.Field} {value}"));
            }
        }

        return check.Operator switch
        {
            "=" or "contains" or "!=" when numbers.Count == 0 => isUnlike ? "true" : "false",
            "=" or "contains" => $"{reading.Cel} == {numbers[0]}",
            "!=" => $"{reading.Cel} != {numbers[0]}",
            "in" or "intersects" => numbers.Count == 0 ? "false" : $"{reading.Cel} in [{string.Join(", ", numbers)}]",
            _ => throw new LackingException(check),
        };
    }

    // Of a call that did not fail it is not known which number it gave.
    private static string Result(string cel, FalcoCheck check, IReadOnlyList<string> values)
    {
        long value = Number(check, values[0]);
        return (check.Operator, value) switch
        {
            (">=", 0) or (">", -1) or ("!=", -1) => $"{cel} == 0",
            ("<", 0) or ("<=", -1) => $"{cel} != 0",
            ("=", -1) when check.Field.Name == "fd.num" => $"{cel} != 0",
            ("=", < 0) when check.Field.Name != "fd.num" => $"{cel} == {-value}",
            _ => throw new LackingException($"{check.Field} {check.Operator} {value}"),
        };
    }

    private static string Zero(string cel, FalcoCheck check, IReadOnlyList<string> values) => (check.Operator, Number(check, values[0])) switch
    {
        ("=", 0) or ("<=", 0) => $"!{cel}",
        ("!=", 0) or (">", 0) or (">=", 1) => cel,
        _ => throw new LackingException($"{check.Field} {check.Operator} {values[0]}"),
    };
}
