// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment;

internal static class OptionCheck
{
    public static void AtLeast(string section, string key, long value, long minimum)
    {
        if (value < minimum)
        {
            throw new ArgumentException($"{section}:{key} is {value}, the least is {minimum}");
        }
    }
}
