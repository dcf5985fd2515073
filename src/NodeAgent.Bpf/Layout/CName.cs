// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Bpf.Layout;

/// <summary>From C# names to C names.</summary>
internal static class CName
{
    /// <summary><c>ParentStartTimeNs</c> → <c>parent_start_time_ns</c>.</summary>
    internal static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (int at = 0; at < name.Length; at++)
        {
            if (char.IsAsciiLetterUpper(name[at]) && at > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[at]));
        }

        return text.ToString();
    }
}
