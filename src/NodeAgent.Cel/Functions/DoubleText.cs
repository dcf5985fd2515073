// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Cel.Functions;

/// <summary>Doubles as text: the shortest digits that read back as the same number.</summary>
internal static class DoubleText
{
    /// <summary>Shape: <c>1.5</c>, <c>1e+06</c>, <c>NaN</c>, <c>+Inf</c>; with an exponent below 1e-4 and from 1e6 on, as the reference implementation writes.</summary>
    public static string Write(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        (bool negative, string digits, int point) = Digits(value);
        string sign = negative ? "-" : "";
        int exponent = point - 1;
        if (exponent is < -4 or >= 6)
        {
            string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return sign + Fixed(digits, point);
    }

    /// <summary>The same without ever an exponent.</summary>
    public static string WriteFixed(double value)
    {
        (bool negative, string digits, int point) = Digits(value);
        return (negative ? "-" : "") + Fixed(digits, point);
    }

    private static string Fixed(string digits, int point) => point <= 0 ? $"0.{new string('0', -point)}{digits}"
        : point >= digits.Length ? digits + new string('0', point - digits.Length) : $"{digits[..point]}.{digits[point..]}";

    // The significant digits and where the point stands behind the first of them.
    private static (bool IsNegative, string Digits, int Point) Digits(double value)
    {
        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (int precision = 0; precision < 17; precision++)
        {
            string shorter = value.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == value)
            {
                text = shorter;
                break;
            }
        }

        int e = text.IndexOf('E', StringComparison.Ordinal);
        string digits = text[..e].Replace(".", "", StringComparison.Ordinal).TrimStart('-');
        return (text[0] == '-', digits, int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1);
    }
}
