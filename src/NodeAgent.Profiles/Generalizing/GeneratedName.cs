// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>Tells the names that a program makes anew each time: uuids, container ids and other digests, dates.</summary>
/// <remarks>Each may be a part of the name: <c>access-2026-11-21.log</c>, <c>cri-containerd-&lt;64 hex&gt;.scope</c>.</remarks>
internal static class GeneratedName
{
    /// <summary>Units: hex digits; MD5 has as many, container ids have 64.</summary>
    private const int LeastDigest = 32;

    private const int FirstYear = 1990;
    private const int LastYear = 2099;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool Is(ReadOnlySpan<char> name)
    {
        if (name.Length < 8)
        {
            return false;
        }

        for (int at = 0; at < name.Length; at++)
        {
            if (!char.IsAsciiHexDigit(name[at]))
            {
                continue;
            }

            bool afterWord = at > 0 && char.IsAsciiLetterOrDigit(name[at - 1]);
            bool afterDigit = at > 0 && char.IsAsciiDigit(name[at - 1]);
            if ((!afterWord && IsDigest(name[at..])) || (!afterDigit && (IsUuid(name[at..]) || IsDate(name[..at], name[at..]))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDigest(ReadOnlySpan<char> rest)
    {
        int length = HexDigits(rest);
        return length >= LeastDigest && !(length < rest.Length && char.IsAsciiLetterOrDigit(rest[length]));
    }

    // 8-4-4-4-12; systemd writes the dashes as underscores, and the kubelet puts "pod" in front.
    private static bool IsUuid(ReadOnlySpan<char> rest)
    {
        ReadOnlySpan<int> groups = [8, 4, 4, 4, 12];
        int at = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            if (i > 0 && (at >= rest.Length || rest[at++] is not ('-' or '_')))
            {
                return false;
            }

            if (rest.Length < at + groups[i] || HexDigits(rest.Slice(at, groups[i])) != groups[i])
            {
                return false;
            }

            at += groups[i];
        }

        return at == rest.Length || !char.IsAsciiLetterOrDigit(rest[at]);
    }

    // 2026-11-21, 2026_11_21, 20261121; a time may follow: 20261121101530, 20261121T101530Z. Not a library's version: libabsl_base.so.20230802.
    private static bool IsDate(ReadOnlySpan<char> before, ReadOnlySpan<char> rest)
    {
        int digits = Digits(rest);
        if (digits is 8 or 12 or 14)
        {
            return !before.EndsWith(".so.", StringComparison.Ordinal) && IsDay(rest[..4], rest[4..6], rest[6..8])
                && (digits == 8 || (Number(rest[8..10]) < 24 && Number(rest[10..12]) < 60));
        }

        return digits == 4 && rest.Length >= 10 && (rest[4] is '-' or '_') && rest[7] == rest[4] && Digits(rest[5..]) == 2
            && Digits(rest[8..]) >= 2 && !(rest.Length > 10 && char.IsAsciiDigit(rest[10])) && IsDay(rest[..4], rest[5..7], rest[8..10]);
    }

    private static bool IsDay(ReadOnlySpan<char> year, ReadOnlySpan<char> month, ReadOnlySpan<char> day) =>
        Number(year) is >= FirstYear and <= LastYear && Number(month) is >= 1 and <= 12 && Number(day) is >= 1 and <= 31;

    private static int Number(ReadOnlySpan<char> digits)
    {
        int number = 0;
        foreach (char digit in digits)
        {
            number = (number * 10) + digit - '0';
        }

        return number;
    }

    private static int HexDigits(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAnyExcept(Hex);
        return end < 0 ? rest.Length : end;
    }

    private static int Digits(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? rest.Length : end;
    }
}
