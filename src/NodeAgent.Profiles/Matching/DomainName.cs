// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>Compares a DNS name with an entry of a profile.</summary>
/// <remarks>Case and a trailing dot do not count. A leading <c>*</c> and a <c>⋯</c> are one label, a trailing <c>*</c> is one or more; <c>**</c> never matches.</remarks>
public static class DomainName
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        pattern = Trim(pattern);
        name = Trim(name);
        if (pattern.IsEmpty || name.IsEmpty || pattern.Contains("**", StringComparison.Ordinal))
        {
            return false;
        }

        bool first = true;
        while (true)
        {
            int patternDot = pattern.IndexOf('.');
            int nameDot = name.IndexOf('.');
            ReadOnlySpan<char> label = patternDot < 0 ? pattern : pattern[..patternDot];
            ReadOnlySpan<char> actual = nameDot < 0 ? name : name[..nameDot];
            if (label is "*" && patternDot < 0 && !first)
            {
                return true;
            }

            bool any = label is "⋯" || (label is "*" && first);
            if (!any && !label.Equals(actual, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            if (patternDot < 0 || nameDot < 0)
            {
                return patternDot < 0 && nameDot < 0;
            }

            pattern = pattern[(patternDot + 1)..];
            name = name[(nameDot + 1)..];
            first = false;
        }
    }

    internal static bool IsPattern(ReadOnlySpan<char> name) => name.IndexOfAny('*', '⋯') >= 0;

    internal static ReadOnlySpan<char> Trim(ReadOnlySpan<char> name) => name is [.., '.'] ? name[..^1] : name;
}
