// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Import.Conditions;

/// <summary>Text with gaps: what a glob or a value with wildcards asks of a whole text.</summary>
internal sealed class TextPattern
{
    private readonly List<Part> _parts = [];

    private enum PartKind
    {
        Literal,
        AnyRun,

        /// <summary>One character of a class, as a regular expression has it.</summary>
        OneOf,
    }

    /// <summary>Whether the empty text matches.</summary>
    public bool MatchesEmpty => _parts.TrueForAll(part => part.Kind == PartKind.AnyRun);

    /// <summary>Shape: the text when there are no gaps; else null.</summary>
    public string? Plain => _parts switch
    {
        [] => string.Empty,
        [{ Kind: PartKind.Literal } only] => only.Text,
        _ => null,
    };

    public TextPattern Text(string text)
    {
        if (text.Length > 0)
        {
            if (_parts is [.., { Kind: PartKind.Literal } last])
            {
                _parts[^1] = last with { Text = last.Text + text };
            }
            else
            {
                _parts.Add(new Part(PartKind.Literal, text));
            }
        }

        return this;
    }

    public TextPattern AnyRun()
    {
        if (_parts is not [.., { Kind: PartKind.AnyRun }])
        {
            _parts.Add(new Part(PartKind.AnyRun, string.Empty));
        }

        return this;
    }

    /// <param name="expression">Shape: a class of characters, or <c>.</c>.</param>
    public TextPattern OneOf(string expression)
    {
        _parts.Add(new Part(PartKind.OneOf, expression));
        return this;
    }

    public TextPattern Then(TextPattern next)
    {
        foreach (Part part in next._parts)
        {
            _ = part.Kind switch
            {
                PartKind.Literal => Text(part.Text),
                PartKind.AnyRun => AnyRun(),
                _ => OneOf(part.Text),
            };
        }

        return this;
    }

    /// <summary>The question whether a text is of the pattern.</summary>
    /// <param name="cel">Shape: an expression that gives a text.</param>
    /// <param name="ignoresCase">Of ASCII letters.</param>
    public string Test(string cel, bool ignoresCase)
    {
        string text = ignoresCase ? $"{cel}.lowerAscii()" : cel;
        Part[] parts = ignoresCase ? [.. _parts.Select(part => part with { Text = part.Kind == PartKind.Literal ? LowerAscii(part.Text) : part.Text })] : [.. _parts];
        return parts switch
        {
            [] => $"{text} == ''",
            [{ Kind: PartKind.AnyRun }] => "true",
            [{ Kind: PartKind.Literal } only] => $"{text} == {CelLiteral.Of(only.Text)}",
            [{ Kind: PartKind.Literal } start, { Kind: PartKind.AnyRun }] => $"{text}.startsWith({CelLiteral.Of(start.Text)})",
            [{ Kind: PartKind.AnyRun }, { Kind: PartKind.Literal } end] => $"{text}.endsWith({CelLiteral.Of(end.Text)})",
            [{ Kind: PartKind.AnyRun }, { Kind: PartKind.Literal } part, { Kind: PartKind.AnyRun }] => $"{text}.contains({CelLiteral.Of(part.Text)})",
            _ => $"{text}.matches({CelLiteral.Of(Expression(parts))})",
        };
    }

    public static string LowerAscii(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        }
    });

    /// <summary>Text as a regular expression that matches it alone.</summary>
    public static string Escape(string text)
    {
        var made = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                made.Append(CultureInfo.InvariantCulture, $"\\x{{{(int)c:x}}}");
            }
            else
            {
                made.Append(char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c is not (' ' or '/' or '_') ? "\\" : "").Append(c);
            }
        }

        return made.ToString();
    }

    private static string Expression(Part[] parts) => "(?s)^" + string.Concat(parts.Select(part => part.Kind switch
    {
        PartKind.Literal => Escape(part.Text),
        PartKind.AnyRun => ".*",
        _ => part.Text,
    })) + "$";

    private sealed record Part(PartKind Kind, string Text);
}
