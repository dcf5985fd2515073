// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Rules.Import.Conditions;

/// <summary>A condition while it is translated: rows of and/or, not, and questions in the rules' own language. Immutable, and made simple as it is made.</summary>
internal abstract record Condition
{
    public static Condition True { get; } = new ConstantCondition(true);

    public static Condition False { get; } = new ConstantCondition(false);

    public static Condition Of(bool value) => value ? True : False;

    /// <param name="cel">Shape: an expression that gives true or false, of any precedence.</param>
    /// <param name="remark">What is to be said should the question be asked; null = nothing.</param>
    public static Condition Test(string cel, Approximation? remark = null) => new TestCondition(cel, remark);

    /// <param name="what">What is lacking, to be said should it matter.</param>
    public static Condition Lacking(string what) => new LackingCondition(what);

    public static Condition All(params IEnumerable<Condition> parts) => Row(isAnd: true, parts);

    public static Condition Any(params IEnumerable<Condition> parts) => Row(isAnd: false, parts);

    public static Condition Not(Condition part) => part switch
    {
        ConstantCondition constant => Of(!constant.Value),
        NotCondition not => not.Part,
        LackingCondition => part,
        _ => new NotCondition(part),
    };

    /// <summary>What it lacks; empty when it can be written.</summary>
    public IEnumerable<string> Lacks() => this switch
    {
        LackingCondition lacking => [lacking.What],
        NotCondition not => not.Part.Lacks(),
        RowCondition row => row.Parts.SelectMany(part => part.Lacks()),
        _ => [],
    };

    /// <summary>How far it means something else than what it was made of.</summary>
    public IEnumerable<Approximation> Approximations() => this switch
    {
        TestCondition { Approximation: { } approximation } => [approximation],
        NotCondition not => not.Part.Approximations().Select(one => one.Negated),
        RowCondition row => row.Parts.SelectMany(part => part.Approximations()),
        _ => [],
    };

    /// <summary>The expression.</summary>
    public string ToCel()
    {
        var text = new StringBuilder();
        Write(text, isPart: false);
        return text.ToString();
    }

    private static Condition Row(bool isAnd, IEnumerable<Condition> parts)
    {
        var kept = new List<Condition>();
        var known = new HashSet<Condition>();
        foreach (Condition part in parts.SelectMany(part => part is RowCondition row && row.IsAnd == isAnd ? row.Parts : [part]))
        {
            if (part is ConstantCondition constant)
            {
                if (constant.Value != isAnd)
                {
                    return constant;
                }
            }
            else if (known.Add(part))
            {
                kept.Add(part);
            }
        }

        return kept.Count switch
        {
            0 => Of(isAnd),
            1 => kept[0],
            _ => new RowCondition(isAnd, [.. kept]),
        };
    }

    private void Write(StringBuilder text, bool isPart)
    {
        switch (this)
        {
            case ConstantCondition constant:
                text.Append(constant.Value ? "true" : "false");
                break;
            case TestCondition test:
                text.Append(isPart ? $"({test.Cel})" : test.Cel);
                break;
            case NotCondition not:
                text.Append('!');
                not.Part.Write(text, isPart: true);
                break;
            case RowCondition row:
                text.Append(isPart ? "(" : "");
                for (int i = 0; i < row.Parts.Count; i++)
                {
                    text.Append(i == 0 ? "" : row.IsAnd ? " && " : " || ");
                    row.Parts[i].Write(text, isPart: true);
                }

                text.Append(isPart ? ")" : "");
                break;
            default:
                throw new InvalidOperationException("what is lacking cannot be written");
        }
    }
}

internal sealed record ConstantCondition(bool Value) : Condition;

internal sealed record TestCondition(string Cel, Approximation? Approximation) : Condition;

internal sealed record LackingCondition(string What) : Condition;

internal sealed record NotCondition(Condition Part) : Condition;

internal sealed record RowCondition : Condition
{
    private readonly int _hash;

    public RowCondition(bool isAnd, IReadOnlyList<Condition> parts)
    {
        (IsAnd, Parts) = (isAnd, parts);
        var hash = default(HashCode);
        hash.Add(isAnd);
        foreach (Condition part in parts)
        {
            hash.Add(part);
        }

        _hash = hash.ToHashCode();
    }

    public bool IsAnd { get; }

    public IReadOnlyList<Condition> Parts { get; }

    public bool Equals(RowCondition? other) => other is not null && other._hash == _hash && other.IsAnd == IsAnd && other.Parts.SequenceEqual(Parts);

    public override int GetHashCode() => _hash;
}
