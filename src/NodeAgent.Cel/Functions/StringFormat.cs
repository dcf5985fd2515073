// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary><c>format</c> with the verbs s, d, f, e, b, o, x and X, and <c>strings.quote</c>.</summary>
internal static class StringFormat
{
    private const int DefaultPrecision = 6;
    private const int MostPrecision = 100;

    public static CelValue Format(CelContext context, string format, CelList arguments)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            if (++i < format.Length && format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            if (!TryPrecision(format, ref i, out int precision))
            {
                return context.Fail(CelFault.BadArgument, "the precision of a verb has one to three digits");
            }

            if (i >= format.Length || next >= arguments.Count)
            {
                return context.Fail(CelFault.BadArgument, i >= format.Length ? "'%' at the end is no verb" : "more verbs than arguments");
            }

            string? written = Verb(format[i], precision, arguments[next++]);
            if (written is null)
            {
                return context.Fail(CelFault.BadArgument, $"%{format[i]} does not take {CelFormat.Of(arguments[next - 1])}");
            }

            if (!context.Reserve(written.Length))
            {
                return default;
            }

            text.Append(written);
        }

        return Utf8.Of(context, text.ToString());
    }

    /// <summary>In double quotes, what cannot be printed as escapes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '\a' => @"\a",
                '\b' => @"\b",
                '\f' => @"\f",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '\v' => @"\v",
                '\\' => @"\\",
                '"' => "\\\"",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Reads <c>.3</c>, if it stands there.</summary>
    private static bool TryPrecision(string format, ref int at, out int precision)
    {
        precision = DefaultPrecision;
        if (at >= format.Length || format[at] != '.')
        {
            return true;
        }

        int start = ++at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out precision) && precision <= MostPrecision;
    }

    private static string? Verb(char verb, int precision, in CelValue value) => verb switch
    {
        's' => Text(value),
        'd' => value.Kind switch
        {
            CelKind.Int => value.Int.ToString(CultureInfo.InvariantCulture),
            CelKind.Uint => value.Uint.ToString(CultureInfo.InvariantCulture),
            CelKind.Double => Named(value.Double) ?? DoubleText.WriteFixed(value.Double),
            _ => null,
        },
        'f' => Real(value) is { } number ? Named(number) ?? number.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null,
        'e' => Real(value) is { } number ? Named(number) ?? Scientific(number, precision) : null,
        'b' => value.Kind == CelKind.Bool ? (value.Bool ? "1" : "0") : Radix(value, 2),
        'o' => Radix(value, 8),
        'x' or 'X' => Hex(value) is { } hex ? (verb == 'X' ? hex.ToUpperInvariant() : hex) : null,
        _ => null,
    };

    private static double? Real(in CelValue value) => value.Kind switch
    {
        CelKind.Double => value.Double,
        CelKind.Int => value.Int,
        CelKind.Uint => value.Uint,
        _ => null,
    };

    private static string? Named(double value) => double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : null;

    private static string Scientific(double value, int precision)
    {
        string text = value.ToString("e" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = text.IndexOf('e', StringComparison.Ordinal);
        return $"{text[..(e + 2)]}{int.Parse(text.AsSpan(e + 2), CultureInfo.InvariantCulture):00}";
    }

    private static string? Radix(in CelValue value, int radix)
    {
        if (value.Kind is not (CelKind.Int or CelKind.Uint))
        {
            return null;
        }

        bool negative = value.Kind == CelKind.Int && value.Int < 0;
        ulong rest = negative ? unchecked((ulong)-value.Int) : value.Uint;
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(rest % (ulong)radix)]);
            rest /= (ulong)radix;
        }
        while (rest > 0);
        return (negative ? "-" : "") + digits;
    }

    private static string? Hex(in CelValue value) =>
        value.Kind is CelKind.String or CelKind.Bytes ? Convert.ToHexStringLower(value.Text.Span) : Radix(value, 16);

    private static string? Text(in CelValue value) => value.Kind switch
    {
        CelKind.String or CelKind.Bytes => value.Text.ToString(),
        CelKind.Null => "null",
        CelKind.Bool => value.Bool ? "true" : "false",
        CelKind.Int => value.Int.ToString(CultureInfo.InvariantCulture),
        CelKind.Uint => value.Uint.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => Named(value.Double) ?? DoubleText.WriteFixed(value.Double),
        CelKind.Timestamp => Times.Format(value.Timestamp),
        CelKind.Duration => Times.Format(value.Duration),
        CelKind.Type => value.TypeValue.Name,
        CelKind.List => List(value.List),
        CelKind.Map => Map(value.Map),
        _ => null,
    };

    private static string? List(CelList list)
    {
        string?[] items = [.. Enumerable.Range(0, list.Count).Select(i => Text(list[i]))];
        return items.Contains(null) ? null : $"[{string.Join(", ", items)}]";
    }

    // Sorted by the keys' texts, so that equal maps read alike.
    private static string? Map(CelMap map)
    {
        (string? Key, string? Value)[] entries = [.. Enumerable.Range(0, map.Count).Select(i => (Text(map.KeyAt(i)), Text(map.ValueAt(i))))];
        return Array.Exists(entries, e => e.Key is null || e.Value is null) ? null
            : $"{{{string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}"))}}}";
    }
}
