// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>From each type to the others; nothing converts by itself.</summary>
internal static class Conversions
{
    private const int LongestNumber = 400;

    public static void Declare(Library to)
    {
        to.Function("dyn", CelType.Dyn, [CelType.Parameter("A")], (_, a) => a[0]);
        to.Function("type", CelType.TypeOf(CelType.Parameter("A")), [CelType.Parameter("A")], (_, a) => CelValue.Of(RuntimeTypes.Of(a[0])));
        foreach (CelType type in new[] { CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes })
        {
            to.Function(type.Name, type, [type], (_, a) => a[0]);
        }

        to.Function("timestamp", CelType.Timestamp, [CelType.Timestamp], (_, a) => a[0]);
        to.Function("duration", CelType.Duration, [CelType.Duration], (_, a) => a[0]);
        ToNumbers(to);
        ToText(to);
        to.Function("bool", CelType.Bool, [CelType.String], (c, a) => a[0].Text.ToString() switch
        {
            "1" or "t" or "true" or "TRUE" or "True" or "T" => CelValue.True,
            "0" or "f" or "false" or "FALSE" or "False" or "F" => CelValue.False,
            _ => Bad(c, a[0]),
        });
        to.Function("timestamp", CelType.Timestamp, [CelType.String], (c, a) =>
            Times.ParseTimestamp(Short(a[0]), out CelTimestamp time) is var fault && fault == CelFault.None ? CelValue.Of(time) : c.Fail(fault, -1, a[0]));
        to.Function("timestamp", CelType.Timestamp, [CelType.Int], (c, a) =>
            new CelTimestamp(a[0].Int, 0) is { IsInRange: true } time ? CelValue.Of(time) : c.Fail(CelFault.OutOfRange, -1, a[0]));
        to.Function("duration", CelType.Duration, [CelType.String], (c, a) =>
            Times.ParseDuration(Short(a[0]), out CelDuration duration) is var fault && fault == CelFault.None ? CelValue.Of(duration) : c.Fail(fault, -1, a[0]));
    }

    private static void ToNumbers(Library to)
    {
        to.Function("int", CelType.Int, [CelType.Uint], (c, a) => a[0].Uint <= long.MaxValue ? CelValue.Of(a[0].Int) : Range(c, a[0]));
        to.Function("int", CelType.Int, [CelType.Double], (c, a) =>
            a[0].Double is > -9223372036854775808.0 and < 9223372036854775808.0 ? CelValue.Of((long)a[0].Double) : Range(c, a[0]));
        to.Function("int", CelType.Int, [CelType.String], (c, a) =>
            long.TryParse(Short(a[0]), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? CelValue.Of(number) : Bad(c, a[0]));
        to.Function("int", CelType.Int, [CelType.Timestamp], (_, a) => CelValue.Of(a[0].Timestamp.Seconds));
        to.Function("int", CelType.Int, [CelType.Duration], (_, a) => CelValue.Of(a[0].Duration.Nanoseconds));
        to.Function("uint", CelType.Uint, [CelType.Int], (c, a) => a[0].Int >= 0 ? CelValue.Of(a[0].Uint) : Range(c, a[0]));
        to.Function("uint", CelType.Uint, [CelType.Double], (c, a) =>
            a[0].Double is >= 0 and < 18446744073709551616.0 ? CelValue.Of((ulong)a[0].Double) : Range(c, a[0]));
        to.Function("uint", CelType.Uint, [CelType.String], (c, a) =>
            ulong.TryParse(Short(a[0]), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? CelValue.Of(number) : Bad(c, a[0]));
        to.Function("double", CelType.Double, [CelType.Int], (_, a) => CelValue.Of((double)a[0].Int));
        to.Function("double", CelType.Double, [CelType.Uint], (_, a) => CelValue.Of((double)a[0].Uint));
        to.Function("double", CelType.Double, [CelType.String], (c, a) => TryDouble(Short(a[0]), out double number) ? CelValue.Of(number) : Bad(c, a[0]));
    }

    private static void ToText(Library to)
    {
        to.Function("string", CelType.String, [CelType.Bool], (_, a) => CelValue.Of(a[0].Bool ? "true" : "false"));
        to.Function("string", CelType.String, [CelType.Int], (c, a) => Utf8.Of(c, a[0].Int.ToString(CultureInfo.InvariantCulture)));
        to.Function("string", CelType.String, [CelType.Uint], (c, a) => Utf8.Of(c, a[0].Uint.ToString(CultureInfo.InvariantCulture)));
        to.Function("string", CelType.String, [CelType.Double], (c, a) => Utf8.Of(c, DoubleText.Write(a[0].Double)));
        to.Function("string", CelType.String, [CelType.Bytes], (c, a) =>
            !Utf8.IsValid(a[0].Text.Span) ? c.Fail(CelFault.BadConversion, -1, a[0], "invalid UTF-8") : CelValue.Of(a[0].Text));
        to.Function("string", CelType.String, [CelType.Timestamp], (c, a) => Utf8.Of(c, Times.Format(a[0].Timestamp)));
        to.Function("string", CelType.String, [CelType.Duration], (c, a) => Utf8.Of(c, Times.Format(a[0].Duration)));
        to.Function("bytes", CelType.Bytes, [CelType.String], (_, a) => CelValue.OfBytes(a[0].Text));
    }

    private static bool TryDouble(string text, out double number)
    {
        (string name, double value)[] names = [("NaN", double.NaN), ("Infinity", double.PositiveInfinity), ("Inf", double.PositiveInfinity)];
        string bare = text.TrimStart('+', '-');
        foreach ((string name, double value) in names)
        {
            if (text.Length - bare.Length <= 1 && bare.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                number = text[0] == '-' ? -value : value;
                return true;
            }
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    // No number and no time is longer; nothing is made of what is.
    private static string Short(in CelValue value) => value.Text.Length <= LongestNumber ? value.Text.ToString() : "";

    private static CelValue Range(CelContext context, in CelValue value) => context.Fail(CelFault.OutOfRange, -1, value);

    private static CelValue Bad(CelContext context, in CelValue value) => context.Fail(CelFault.BadConversion, -1, value);
}
