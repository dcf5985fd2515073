// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace NodeAgent.Profiles.Learning;

/// <summary>Turns the kernel's path bytes into the text of profiles, as UTF-8, without allocating.</summary>
/// <remarks>
/// Beyond <c>ByteText</c> it rewrites the process id of <c>/proc/&lt;pid&gt;</c> to <c>⋯</c>, and escapes segments that are
/// themselves a wildcard: a process that opens a file named <c>*</c> must not teach its profile to allow everything.
/// </remarks>
internal static class PathText
{
    /// <summary>Matches exactly one segment (U+22EF).</summary>
    public const string Dynamic = "⋯";

    /// <summary>Units: bytes of output per byte of input, plus <see cref="Slack"/>.</summary>
    public const int Growth = 4;
    public const int Slack = 16;

    private static ReadOnlySpan<byte> DynamicUtf8 => "⋯"u8;

    private static ReadOnlySpan<byte> Proc => "/proc/"u8;

    private static ReadOnlySpan<byte> Task => "/task/"u8;

    private static readonly SearchValues<byte> Special =
        SearchValues.Create([(byte)'*', (byte)'\\', .. Enumerable.Range(128, 128).Select(value => (byte)value)]);

    /// <summary>True for nearly every path: its bytes are its text already.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> path) =>
        path.IndexOfAny(Special) < 0 && !(path.StartsWith(Proc) && path.Length > Proc.Length && IsDigit(path[Proc.Length]));

    /// <param name="path">Shape: any bytes.</param>
    /// <param name="buffer">At least <c>path.Length * Growth + Slack</c> bytes.</param>
    /// <returns>The part of the buffer that holds the text.</returns>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        int length = 0;
        ReadOnlySpan<byte> rest = path;
        if (TakeNumberAfter(ref rest, Proc))
        {
            Append(buffer, ref length, Proc);
            Append(buffer, ref length, DynamicUtf8);
            if (TakeNumberAfter(ref rest, Task))
            {
                Append(buffer, ref length, Task);
                Append(buffer, ref length, DynamicUtf8);
            }
        }

        while (!rest.IsEmpty)
        {
            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = slash < 0 ? rest : rest[..slash];
            WriteSegment(segment, buffer, ref length);
            if (slash < 0)
            {
                break;
            }

            buffer[length++] = (byte)'/';
            rest = rest[(slash + 1)..];
        }

        return buffer[..length];
    }

    /// <returns>The text of an argument: the wildcard character in it is escaped.</returns>
    public static string Argument(ReadOnlySpan<byte> argument)
    {
        string text = Events.Text.ByteText.Decode(argument);
        return text.Contains(Dynamic, StringComparison.Ordinal) ? text.Replace(Dynamic, @"\xE2\x8B\xAF", StringComparison.Ordinal) : text;
    }

    /// <summary>As <see cref="Write"/>, for text that <c>ByteText</c> made before.</summary>
    public static string FromByteText(string text) => FromBytes(Events.Text.ByteText.Encode(text));

    public static string FromBytes(ReadOnlySpan<byte> path) =>
        Encoding.UTF8.GetString(Write(path, new byte[(path.Length * Growth) + Slack]));

    private static void WriteSegment(ReadOnlySpan<byte> segment, Span<byte> buffer, ref int length)
    {
        if (segment.SequenceEqual("*"u8) || segment.SequenceEqual(DynamicUtf8))
        {
            foreach (byte value in segment)
            {
                Escape(buffer, ref length, value);
            }

            return;
        }

        if (segment.IndexOfAny(Special) < 0)
        {
            Append(buffer, ref length, segment);
            return;
        }

        while (!segment.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(segment, out _, out int consumed);
            if (status == OperationStatus.Done && !segment.StartsWith("\\x"u8))
            {
                Append(buffer, ref length, segment[..consumed]);
                segment = segment[consumed..];
                continue;
            }

            Escape(buffer, ref length, segment[0]);
            segment = segment[1..];
        }
    }

    private static bool TakeNumberAfter(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> prefix)
    {
        if (!rest.StartsWith(prefix))
        {
            return false;
        }

        ReadOnlySpan<byte> number = rest[prefix.Length..];
        int end = number.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int digits = end < 0 ? number.Length : end;
        if (digits == 0 || (digits < number.Length && number[digits] != (byte)'/'))
        {
            return false;
        }

        rest = number[digits..];
        return true;
    }

    private static void Escape(Span<byte> buffer, ref int length, byte value)
    {
        ReadOnlySpan<byte> hex = "0123456789ABCDEF"u8;
        Append(buffer, ref length, "\\x"u8);
        buffer[length++] = hex[value >> 4];
        buffer[length++] = hex[value & 15];
    }

    private static void Append(Span<byte> buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer[length..]);
        length += bytes.Length;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
