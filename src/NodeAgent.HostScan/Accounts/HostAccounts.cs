// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Accounts;

/// <summary>The names that a host gives to its numbers. Source: passwd(5), group(5).</summary>
public sealed class HostAccounts
{
    private readonly Dictionary<uint, string> _users;
    private readonly Dictionary<uint, string> _groups;

    private HostAccounts(Dictionary<uint, string> users, Dictionary<uint, string> groups) => (_users, _groups) = (users, groups);

    public static HostAccounts Read(HostRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new HostAccounts(Names(root.Read("/etc/passwd")), Names(root.Read("/etc/group")));
    }

    /// <returns>Null when the number has no name.</returns>
    public string? UserName(uint uid) => _users.GetValueOrDefault(uid);

    /// <returns>Null when the number has no name.</returns>
    public string? GroupName(uint gid) => _groups.GetValueOrDefault(gid);

    private static Dictionary<uint, string> Names(in HostFileBytes file)
    {
        var names = new Dictionary<uint, string>();
        foreach (string line in file.Lines)
        {
            string[] fields = line.Split(':', 4);
            // The first name of a number is the one that getpwuid(3) tells.
            if (fields.Length == 4 && fields[0].Length > 0 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            {
                names.TryAdd(number, fields[0]);
            }
        }

        return names;
    }
}
