// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Roots;

/// <summary>What a host calls itself.</summary>
public static class NodeNames
{
    /// <summary>This machine's name for its own root; else what the host's <c>/etc/hostname</c> says, if it says something that is a name.</summary>
    public static string Of(HostRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (root.Path == "/")
        {
            return Environment.MachineName;
        }

        // Lines that begin with # are comments. Source: hostname(5).
        string? name = root.Read("/etc/hostname", 4096).Lines.Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line[0] != '#');
        return name is { Length: <= 253 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') ? name : Environment.MachineName;
    }
}
