// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace NodeAgent.Events.Text;

/// <summary>Kernel byte strings as text without loss: paths and arguments may hold any byte, JSON and YAML may not.</summary>
/// <remarks>
/// Valid UTF-8 stays as it is. A byte that is no part of valid UTF-8 becomes <c>\xNN</c> (upper-case hex), and a
/// backslash that stands before an <c>x</c> becomes <c>\x5C</c>, so the way back is unambiguous.
/// </remarks>
public static class ByteText
{
    /// <returns>The text; control characters are kept (JSON escapes them, a terminal needs more).</returns>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return string.Empty;
        }

        return Utf8.IsValid(bytes) && bytes.IndexOf("\\x"u8) < 0
            ? Encoding.UTF8.GetString(bytes)
            : DecodeSlow(bytes);
    }

    /// <summary>The inverse of <see cref="Decode"/>.</summary>
    public static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, text.Length));
        int start = 0;
        for (int at = 0; at + 3 < text.Length; at++)
        {
            if (text[at] == '\\' && text[at + 1] == 'x'
                && byte.TryParse(text.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                Encoding.UTF8.GetBytes(text.AsSpan(start, at - start), bytes);
                bytes.Write([value]);
                at += 3;
                start = at + 1;
            }
        }

        Encoding.UTF8.GetBytes(text.AsSpan(start), bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static string DecodeSlow(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 8);
        Span<char> utf16 = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed);
            if (status == OperationStatus.Done && !(bytes[0] == '\\' && bytes.Length > 1 && bytes[1] == 'x'))
            {
                text.Append(utf16[..rune.EncodeToUtf16(utf16)]);
                bytes = bytes[consumed..];
                continue;
            }

            text.Append("\\x").Append(bytes[0].ToString("X2", CultureInfo.InvariantCulture));
            bytes = bytes[1..];
        }

        return text.ToString();
    }
}
