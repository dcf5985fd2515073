// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Pipeline;

/// <summary>Which sensors a pipeline needs. A sensor costs the machine while it is attached, so the others stay off.</summary>
internal static class UsedSensors
{
    // Without them no event has a subject.
    private static readonly string[] Subjects = ["cgroup", "process"];

    // What profiles take.
    private static readonly string[] Learned = ["file", "tcp", "udp", "dns", "payload", "capability", "syscalls"];

    // What changes of files are told by.
    private static readonly string[] Changes = ["file", "file_change"];

    // Who changed the node.
    private static readonly string[] Witnessed = [.. Changes, "privilege"];

    /// <summary>What profiles take, and rules that look at these events.</summary>
    /// <param name="looksForDrift">Whether changes of the node are to be told with who made them.</param>
    /// <param name="watchesFiles">Whether changes of watched files are told.</param>
    public static IReadOnlyList<string> Agent(IEnumerable<RuleEventType> judged, bool looksForDrift = false, bool watchesFiles = false) =>
        [.. Subjects.Concat(Learned).Concat(judged.SelectMany(SensorsOf)).Concat(looksForDrift ? Witnessed : []).Concat(watchesFiles ? Changes : []).Distinct()];

    /// <summary>Without which no event of the type is told.</summary>
    public static IReadOnlyList<string> SensorsOf(RuleEventType type) => type switch
    {
        RuleEventType.Open => ["file"],
        RuleEventType.Syscall => ["syscalls"],
        RuleEventType.Capabilities => ["capability"],
        RuleEventType.Dns => ["dns"],
        RuleEventType.Network => ["tcp", "udp"],
        RuleEventType.Ssh or RuleEventType.Close => ["tcp"],
        RuleEventType.Http => ["payload"],
        RuleEventType.Kmod or RuleEventType.Bpf or RuleEventType.Ptrace or RuleEventType.Randomx or RuleEventType.IoUring
            or (>= RuleEventType.Memory and <= RuleEventType.Reboot) => ["privilege"],
        RuleEventType.Unshare or RuleEventType.Namespace or RuleEventType.Credentials => ["process_calls"],
        RuleEventType.Symlink or RuleEventType.Hardlink or (>= RuleEventType.Rename and <= RuleEventType.Umount) => ["file_change"],
        RuleEventType.Signal => ["signal"],
        RuleEventType.Socket => ["socket"],
        RuleEventType.Unix => ["unix"],
        _ => [],
    };

    /// <summary>What a live view of these kinds shows.</summary>
    public static IReadOnlyList<string> Of(TraceKind kinds) =>
        [.. Subjects.Concat(Enum.GetValues<TraceKind>().Where(kind => (kinds & kind) == kind).SelectMany(Sensors)).Distinct()];

    private static string[] Sensors(TraceKind kind) => kind switch
    {
        TraceKind.Exec => ["process_calls"], // failed ones
        TraceKind.Open => ["file"],
        TraceKind.Net => ["tcp", "udp", "socket", "unix", "payload"],
        TraceKind.Dns => ["dns"],
        TraceKind.File => ["file_change"],
        TraceKind.Process => ["process_calls", "signal"],
        TraceKind.Privilege => ["privilege", "capability"],
        TraceKind.Syscall => ["syscalls"],
        _ => [],
    };
}
