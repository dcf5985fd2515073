// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Comparisons of texts.</summary>
internal static class FalcoTextComparison
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The question, and whether it could hold of the empty text that stands for what is not there. Null: it never holds.</returns>
    public static (string? Test, bool NeedsPresence) Of(string cel, FalcoCheck check, IReadOnlyList<string> values)
    {
        string value = values[0];
        return check.Operator switch
        {
            "=" => ($"{cel} == {CelLiteral.Of(value)}", value.Length == 0),
            "!=" => ($"{cel} != {CelLiteral.Of(value)}", true),
            "in" or "intersects" => ($"{cel} in {CelLiteral.ListOf(values)}", values.Contains(string.Empty)),
            "contains" => ($"{cel}.contains({CelLiteral.Of(value)})", value.Length == 0),
            "icontains" => ($"{cel}.lowerAscii().contains({CelLiteral.Of(TextPattern.LowerAscii(value))})", value.Length == 0),
            "startswith" => ($"{cel}.startsWith({CelLiteral.Of(value)})", value.Length == 0),
            "endswith" => ($"{cel}.endsWith({CelLiteral.Of(value)})", value.Length == 0),
            "bcontains" => ($"{cel}.contains({CelLiteral.Of(OfHex(check, value))})", value.Length == 0),
            "bstartswith" => ($"{cel}.startsWith({CelLiteral.Of(OfHex(check, value))})", value.Length == 0),
            "glob" => Glob(cel, check, value, ignoresCase: false),
            "iglob" => Glob(cel, check, value, ignoresCase: true),
            "regex" => ($"{cel}.matches({CelLiteral.Of($"^(?:{value})$")})", true),
            "pmatch" => (Paths(cel, check, values), false),
            _ => throw new LackingException(check),
        };
    }

    private static string OfHex(FalcoCheck check, string hex)
    {
        try
        {
            return Strict.GetString(Convert.FromHexString(hex));
        }
        catch (FormatException)
        {
            throw new FormatException($"{check.Field} {check.Operator}: '{hex}' is not hexadecimal");
        }
        catch (ArgumentException)
        {
            throw new LackingException($"operator {check.Operator} with bytes that are no UTF-8");
        }
    }

    private static (string Test, bool NeedsPresence) Glob(string cel, FalcoCheck check, string glob, bool ignoresCase)
    {
        TextPattern pattern = Pattern(check, glob, crossesSlash: true);
        return (pattern.Test(cel, ignoresCase), pattern.MatchesEmpty);
    }

    // A path, or what lies under it.
    private static string Paths(string cel, FalcoCheck check, IReadOnlyList<string> values)
    {
        var tests = new List<string>();
        foreach (string value in values)
        {
            string path = value.TrimEnd('/');
            if (path.AsSpan().ContainsAny('*', '?', '['))
            {
                TextPattern pattern = Pattern(check, path, crossesSlash: false);
                tests.Add(new TextPattern().Then(pattern).Test(cel, ignoresCase: false));
                tests.Add(new TextPattern().Then(pattern).Text("/").AnyRun().Test(cel, ignoresCase: false));
            }
            else
            {
                tests.Add(path.Length == 0 ? $"{cel}.startsWith('/')" : $"{cel} == {CelLiteral.Of(path)} || {cel}.startsWith({CelLiteral.Of(path + "/")})");
            }
        }

        return tests.Count == 1 ? tests[0] : $"({string.Join(" || ", tests)})";
    }

    /// <summary>Shell wildcards. Source: glob(7); <c>*</c> takes slashes too where the whole text is meant.</summary>
    private static TextPattern Pattern(FalcoCheck check, string glob, bool crossesSlash)
    {
        var pattern = new TextPattern();
        for (int at = 0; at < glob.Length; at++)
        {
            char c = glob[at];
            if (c is '?' or '*' or '+' or '@' or '!' && at + 1 < glob.Length && glob[at + 1] == '(')
            {
                throw new LackingException($"operator {check.Operator} with {c}(…)");
            }

            switch (c)
            {
                case '*' when crossesSlash:
                    pattern.AnyRun();
                    break;
                case '*':
                    pattern.OneOf("[^/]*");
                    break;
                case '?':
                    pattern.OneOf(crossesSlash ? "." : "[^/]");
                    break;
                case '[' when Class(glob, at) is { Length: > 0 } found:
                    pattern.OneOf(found.Expression);
                    at += found.Length - 1;
                    break;
                case '\\' when at + 1 < glob.Length:
                    pattern.Text(glob[++at].ToString());
                    break;
                default:
                    pattern.Text(c.ToString());
                    break;
            }
        }

        return pattern;
    }

    // A bracket that nothing closes stands for itself.
    private static (string Expression, int Length) Class(string glob, int at)
    {
        int from = at + 1;
        bool isNegated = from < glob.Length && glob[from] is '!' or '^';
        from += isNegated ? 1 : 0;
        int end = from + 1 <= glob.Length ? glob.IndexOf(']', Math.Min(from + 1, glob.Length)) : -1;
        if (end < 0)
        {
            return (string.Empty, 0);
        }

        var expression = new StringBuilder(isNegated ? "[^" : "[");
        foreach (char c in glob.AsSpan(from, end - from))
        {
            if (c is '\\' or '[' or ']' or '^' or '&' or '~')
            {
                expression.Append('\\').Append(c);
            }
            else if (char.IsControl(c))
            {
                expression.Append(CultureInfo.InvariantCulture, $"\\x{{{(int)c:x}}}");
            }
            else
            {
                expression.Append(c);
            }
        }

        return (expression.Append(']').ToString(), end + 1 - at);
    }
}
