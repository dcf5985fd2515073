// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Pipeline;

/// <summary>Which sensors a pipeline needs. A sensor costs the machine while it is attached, so the others stay off.</summary>
internal static class UsedSensors
{
    // Without them no event has a subject.
    private static readonly string[] Subjects = ["cgroup", "process"];

    /// <summary>What rules and profiles take.</summary>
    public static IReadOnlyList<string> Agent { get; } = [.. Subjects, "file", "tcp", "udp", "dns", "payload", "capability", "syscalls"];

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
