// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Cel.Functions;

namespace NodeAgent.Cel.Values;

/// <summary>Values as text: for messages, and as literals of the language.</summary>
internal static class CelFormat
{
    private const int LongestMessage = 200;

    /// <summary>For messages: short, and one line whatever the value holds.</summary>
    public static string Of(in CelValue value)
    {
        string text = Literal(value);
        return text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
    }

    public static string Literal(in CelValue value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Bool:
                text.Append(value.Bool ? "true" : "false");
                break;
            case CelKind.Int:
                text.Append(value.Int.ToString(CultureInfo.InvariantCulture));
                break;
            case CelKind.Uint:
                text.Append(value.Uint.ToString(CultureInfo.InvariantCulture)).Append('u');
                break;
            case CelKind.Double:
                string digits = DoubleText.Write(value.Double);
                text.Append(digits).Append(double.IsFinite(value.Double) && !digits.AsSpan().ContainsAny(".e") ? ".0" : "");
                break;
            case CelKind.String:
                Quoted(text, value.Text.ToString());
                break;
            case CelKind.Bytes:
                QuotedBytes(text, value.Text.Span);
                break;
            case CelKind.Timestamp:
                text.Append("timestamp(\"").Append(Times.Format(value.Timestamp)).Append("\")");
                break;
            case CelKind.Duration:
                text.Append("duration(\"").Append(Times.Format(value.Duration)).Append("\")");
                break;
            case CelKind.Type:
                text.Append(value.TypeValue.Name);
                break;
            default:
                Compound(text, value);
                break;
        }
    }

    private static void Compound(StringBuilder text, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.List:
                text.Append('[');
                for (int i = 0; i < value.List.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Write(text, value.List[i]);
                }

                text.Append(']');
                break;
            case CelKind.Map:
                text.Append('{');
                for (int i = 0; i < value.Map.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Write(text, value.Map.KeyAt(i));
                    text.Append(": ");
                    Write(text, value.Map.ValueAt(i));
                }

                text.Append('}');
                break;
            case CelKind.Optional:
                text.Append(value.Optional.HasValue ? "optional.of(" : "optional.none(");
                if (value.Optional.HasValue)
                {
                    Write(text, value.Optional.Value);
                }

                text.Append(')');
                break;
            case CelKind.Object:
                text.Append(value.Object.ObjectType.Name);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void Quoted(StringBuilder text, string content)
    {
        text.Append('"');
        foreach (char c in content)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        text.Append('"');
    }

    private static void QuotedBytes(StringBuilder text, ReadOnlySpan<byte> content)
    {
        text.Append("b\"");
        foreach (byte b in content)
        {
            text.Append(b is >= 0x20 and < 0x7f and not ((byte)'"') and not ((byte)'\\') ? ((char)b).ToString() : $"\\x{b:x2}");
        }

        text.Append('"');
    }
}
