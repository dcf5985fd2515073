// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Handover;

/// <summary>Which records of another build mean the same to this one.</summary>
internal sealed class WireCompatibility
{
    private const string Header = "na_header";
    private const string String = "na_string";

    // What a kind is not named with here is read only when every struct is unchanged.
    private static readonly Dictionary<EventKind, string> StructOf = new()
    {
        [EventKind.Exec] = "na_exec",
        [EventKind.Task] = "na_exec",
        [EventKind.Fork] = "na_fork",
        [EventKind.Exit] = "na_exit",
        [EventKind.Open] = "na_open",
        [EventKind.TcpConnect] = "na_tcp",
        [EventKind.TcpAccept] = "na_tcp",
        [EventKind.TcpClose] = "na_tcp",
        [EventKind.Flow] = "na_flow",
        [EventKind.Dns] = "na_dns",
        [EventKind.CgroupMkdir] = "na_cgroup",
        [EventKind.CgroupRmdir] = "na_cgroup",
        [EventKind.CgroupAttach] = "na_cgroup",
        [EventKind.ExecFailed] = "na_exec_failed",
        [EventKind.Credentials] = "na_credentials",
        [EventKind.Namespace] = "na_namespace",
        [EventKind.Signal] = "na_signal",
        [EventKind.FileChange] = "na_file_change",
        [EventKind.Socket] = "na_socket",
        [EventKind.UnixConnect] = "na_unix_connect",
        [EventKind.Payload] = "na_payload",
        [EventKind.Capability] = "na_capability",
        [EventKind.Privilege] = "na_privilege",
        [EventKind.Syscall] = "na_syscall",
        [EventKind.Suppressed] = "na_suppressed",
    };

    /// <summary>The structs that records are made of.</summary>
    internal static IReadOnlySet<string> Structs { get; } = new HashSet<string>([Header, String, .. StructOf.Values]);

    private readonly HashSet<string> _unchanged;
    private readonly bool _common;

    /// <param name="older">Layouts by C name, as <see cref="StructLayouts.Wire"/> gives them.</param>
    internal WireCompatibility(IReadOnlyDictionary<string, string> older, IReadOnlyDictionary<string, string> now)
    {
        _unchanged = [.. older.Keys.Where(name => now.TryGetValue(name, out string? layout) && layout == older[name])];
        _common = _unchanged.Contains(Header) && _unchanged.Contains(String);
        ReadsAll = _common && _unchanged.Count == older.Count;
    }

    /// <summary>New structs and kinds may have come: the older build sends none of them.</summary>
    internal bool ReadsAll { get; }

    /// <param name="kind">As the record says, which is not to be trusted when the header changed.</param>
    internal bool CanRead(EventKind kind) =>
        ReadsAll || (_common && StructOf.TryGetValue(kind, out string? name) && _unchanged.Contains(name));
}
