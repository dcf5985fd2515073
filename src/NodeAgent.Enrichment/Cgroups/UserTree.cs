// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Cgroups;

/// <summary>Whose cgroups lie below a user's own service manager: that user named them, and a name there says nothing of anybody else's containers.</summary>
internal static class UserTree
{
    private const string Prefix = "/user@";
    private const string Suffix = ".service";

    /// <param name="path">Shape: path in the cgroup2 tree.</param>
    /// <returns>Shape: <c>1000</c>, the outermost such user's; empty when the path is the system's.</returns>
    public static string OwnerOf(string path)
    {
        for (int at = path.IndexOf(Prefix, StringComparison.Ordinal); at >= 0; at = path.IndexOf(Prefix, at + 1, StringComparison.Ordinal))
        {
            int start = at + Prefix.Length, end = path.IndexOf('/', start);
            ReadOnlySpan<char> segment = path.AsSpan(start, (end < 0 ? path.Length : end) - start);
            if (segment.Length > Suffix.Length && segment.EndsWith(Suffix, StringComparison.Ordinal))
            {
                return segment[..^Suffix.Length].ToString();
            }
        }

        return string.Empty;
    }

    /// <param name="socket">Shape: absolute path of a runtime's socket.</param>
    /// <returns>The user whose runtime listens there (<c>/run/user/1000/…</c>); empty for the system's.</returns>
    public static string OwnerOfSocket(string socket)
    {
        const string users = "/run/user/";
        int at = socket.LastIndexOf(users, StringComparison.Ordinal);
        int end = at < 0 ? -1 : socket.IndexOf('/', at + users.Length);
        return end < 0 ? string.Empty : socket[(at + users.Length)..end];
    }
}
