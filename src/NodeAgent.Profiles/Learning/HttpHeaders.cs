// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Profiles.Learning;

/// <summary>The headers of requests that profiles hold, besides Host.</summary>
/// <remarks>Source: Kubescape's profiles. The order is in checkpoints: append only.</remarks>
internal static class HttpHeaders
{
    /// <summary>Units: values of one header that are told apart.</summary>
    public const int MaxValues = 7;

    /// <summary>Units: bytes; a longer one is any.</summary>
    public const int MaxLength = 128;

    public static IReadOnlyList<string> Names { get; } = ["Accept-Encoding", "Accept-Language", "Connection", "Upgrade-Insecure-Requests"];

    /// <returns>Its place among <see cref="Names"/>; -1 = it is not kept.</returns>
    public static int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (name.Length == Names[i].Length && Ascii.EqualsIgnoreCase(name, Names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
