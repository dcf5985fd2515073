// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>Compares a process's arguments with those of a profile's exec entry.</summary>
/// <remarks><c>⋯⋯</c> is any number of arguments, <c>⋯</c> one; inside an argument <c>⋯</c> is one <c>/</c>-segment.</remarks>
public static class ExecArguments
{
    private const string One = "⋯";
    internal const string Any = "⋯⋯";

    /// <param name="required">False: the entry allows every argument list.</param>
    public static bool Matches(IReadOnlyList<string> pattern, bool required, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(arguments);
        return !required || Matches(pattern, arguments);
    }

    private static bool Matches(IReadOnlyList<string> pattern, IReadOnlyList<string> arguments)
    {
        int p = 0;
        int a = 0;
        int afterAny = -1;
        int tried = 0;
        while (a < arguments.Count)
        {
            if (p < pattern.Count && pattern[p] == Any)
            {
                afterAny = ++p;
                tried = a;
            }
            else if (p < pattern.Count && MatchesOne(pattern[p], arguments[a]))
            {
                p++;
                a++;
            }
            else if (afterAny >= 0)
            {
                a = ++tried;
                p = afterAny;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Count && pattern[p] == Any)
        {
            p++;
        }

        return p == pattern.Count;
    }

    private static bool MatchesOne(string pattern, string argument)
    {
        if (pattern == One)
        {
            return true;
        }

        if (!pattern.Contains('⋯', StringComparison.Ordinal))
        {
            return pattern == argument;
        }

        ReadOnlySpan<char> left = pattern;
        ReadOnlySpan<char> right = argument;
        while (true)
        {
            int leftSlash = left.IndexOf('/');
            int rightSlash = right.IndexOf('/');
            ReadOnlySpan<char> segment = leftSlash < 0 ? left : left[..leftSlash];
            ReadOnlySpan<char> actual = rightSlash < 0 ? right : right[..rightSlash];
            if (leftSlash < 0 != rightSlash < 0 || !(segment is One || segment.SequenceEqual(actual)))
            {
                return false;
            }

            if (leftSlash < 0)
            {
                return true;
            }

            left = left[(leftSlash + 1)..];
            right = right[(rightSlash + 1)..];
        }
    }
}
