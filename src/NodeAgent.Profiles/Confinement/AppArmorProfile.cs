// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Capabilities;

namespace NodeAgent.Profiles.Confinement;

/// <summary>An AppArmor profile that allows what a container's profile has: its files, executables, capabilities and kinds of sockets.</summary>
/// <remarks>
/// AppArmor 3 (ABI 3.0), to be loaded as <c>Localhost</c> profile. What a profile does not tell is allowed where programs cannot do
/// without it: UNIX and netlink sockets, signals among the container's own processes and from the runtime. Addresses are left to network policies.
/// </remarks>
public static class AppArmorProfile
{
    private static readonly string[] MountCalls = ["mount", "umount2", "pivot_root", "move_mount", "fsmount", "open_tree"];
    private static readonly string[] Signalling = ["crun", "runc", "unconfined"]; // who ends containers
    private static readonly string[] Writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"];

    /// <param name="spec">Of one container.</param>
    /// <param name="name">The name under which it is loaded.</param>
    /// <param name="origin">What it was made of, for the first line.</param>
    /// <param name="complain">Allow all and log what the profile has not, for a first time of use.</param>
    /// <returns>Rules sorted, ends with a line break.</returns>
    public static string Of(ContainerProfileSpec spec, string name, string origin, bool complain)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var text = new StringBuilder();
        text.Append("# ").Append(OneLine(origin)).Append('\n');
        text.Append("abi <abi/3.0>,\n\n");
        text.Append("profile ").Append(Quoted(name)).Append(" flags=(attach_disconnected,mediate_deleted").Append(complain ? ",complain" : string.Empty).Append(") {\n");
        Section(text, Capabilities(spec));
        Section(text, Networks(spec));
        Section(text, Processes(spec));
        Section(text, Mounts(spec));
        Section(text, Files(spec));
        return text.Append("}\n").ToString();
    }

    private static void Section(StringBuilder text, IEnumerable<string> rules)
    {
        foreach (string rule in rules)
        {
            text.Append("  ").Append(rule).Append(",\n");
        }
    }

    // One that is newer than this build has a number and no name that the parser knows.
    private static IEnumerable<string> Capabilities(ContainerProfileSpec spec) =>
        (spec.Capabilities ?? []).Intersect(CapabilityNames.All).Order(StringComparer.Ordinal).Select(name => $"capability {name.ToLowerInvariant()}");

    private static IEnumerable<string> Networks(ContainerProfileSpec spec)
    {
        string[] protocols = [.. (spec.Ingress ?? []).Concat(spec.Egress ?? []).SelectMany(neighbor => neighbor.Ports ?? []).Select(port => port.Protocol ?? string.Empty).Distinct()];
        string[] types =
        [
            .. protocols.Contains("TCP") || protocols.Contains("SCTP") ? ["stream"] : Array.Empty<string>(),
            .. protocols.Contains("SCTP") ? ["seqpacket"] : Array.Empty<string>(),

            // Resolvers connect datagram sockets that never send, to learn their own address.
            .. protocols.Length > 0 ? ["dgram"] : Array.Empty<string>(),
        ];

        // Both families: a program that speaks to both has sockets of the newer one only.
        IEnumerable<string> rules = types.SelectMany(type => (string[])[$"network inet {type}", $"network inet6 {type}"]).Order(StringComparer.Ordinal);
        return [.. rules, .. Raw(spec), "network netlink raw", "network unix"];
    }

    private static string[] Raw(ContainerProfileSpec spec) =>
        (spec.Capabilities ?? []).Contains("NET_RAW")
            ? ["network inet raw", "network inet6 raw", "network packet"]
            : [];

    private static IEnumerable<string> Processes(ContainerProfileSpec spec)
    {
        bool traces = (spec.Syscalls ?? []).Contains("ptrace");
        return
        [
            $"ptrace ({(traces ? "trace, tracedby, " : string.Empty)}read, readby) peer=@{{profile_name}}",
            "signal (send, receive) peer=@{profile_name}",
            .. Signalling.Select(peer => $"signal (receive) peer={peer}"),
        ];
    }

    private static string[] Mounts(ContainerProfileSpec spec) =>
        (spec.Syscalls ?? []).Intersect(MountCalls).Any() ? ["mount", "pivot_root", "umount"] : [];

    private static SortedSet<string> Files(ContainerProfileSpec spec)
    {
        var rules = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in (spec.Execs ?? []).Select(exec => exec.Path).OfType<string>().Where(IsAbsolute))
        {
            rules.Add(AppArmorPath.Of(path).File + " mrix");
        }

        foreach (OpenCalls open in spec.Opens ?? [])
        {
            if (open.Path is { } path && IsAbsolute(path))
            {
                AddOpen(rules, path, open.Flags ?? []);
            }
        }

        return rules;
    }

    private static void AddOpen(SortedSet<string> rules, string path, IReadOnlyList<string> flags)
    {
        (string file, string directory) = AppArmorPath.Of(path);
        bool reads = !flags.Contains("O_WRONLY") || flags.Contains("O_RDONLY") || flags.Contains("O_RDWR");
        bool writes = Writing.Any(flags.Contains);
        string rights = (reads, writes) switch
        {
            (true, true) => "rwk",
            (false, true) => "wk",
            _ => IsLibrary(path) ? "mr" : "r",
        };
        rules.Add($"{file} {rights}");
        if (reads)
        {
            // The flags do not always tell a directory.
            rules.Add($"{directory} r");
        }
    }

    // Programs map these as code; to read them alone does not load them.
    private static bool IsLibrary(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.Contains(".so", StringComparison.Ordinal)
            || (name is "⋯" or "*" && path.Split('/').Any(segment => segment.StartsWith("lib", StringComparison.Ordinal)));
    }

    private static bool IsAbsolute(string path) => path.StartsWith('/');

    private static string Quoted(string name) => $"\"{AppArmorPath.Literal(name)}\"";

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
