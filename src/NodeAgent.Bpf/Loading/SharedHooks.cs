// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>Hooks whose programs come from one object, and the sensors that hang on them.</summary>
/// <param name="ObjectName">Of the object with the programs that are attached.</param>
/// <param name="Constant">What a sensor's object is told by when it hangs on them; not each object asks.</param>
/// <param name="Sensors">By place, as the probes number them (bpf/include); the first place is nobody's.</param>
internal sealed record SharedHooks(string ObjectName, string Constant, SharedHook[] Hooks, string[] Sensors)
{
    /// <summary>The end of system calls: enum na_exit_place.</summary>
    internal static SharedHooks CallEnds { get; } = new(
        "exit_dispatch",
        "na_exit_dispatched",
        [new("tp_btf/sys_exit", "na_exit_head", "na_exit_programs")],
        ["", "file", "file_change", "process_calls", "privilege", "socket", "unix"]);

    /// <summary>Every packet: enum na_packet_place.</summary>
    internal static SharedHooks Packets { get; } = new(
        "packet_dispatch",
        "na_packet_dispatched",
        [new("cgroup_skb/egress", "na_head_egress", "na_egress_progs"), new("cgroup_skb/ingress", "na_head_ingress", "na_ingress_progs")],
        ["", "udp", "dns", "payload"]);

    internal static IReadOnlyList<SharedHooks> All { get; } = [CallEnds, Packets];

    internal bool Takes(BpfProgram program) => FindHook(program) is not null;

    internal SharedHook? FindHook(BpfProgram program) => Array.Find(Hooks, hook => hook.Section == program.Section);

    internal bool TryFindPlace(string sensor, out uint place)
    {
        int found = Array.IndexOf(Sensors, sensor, 1);
        place = (uint)Math.Max(found, 0);
        return found > 0;
    }

    /// <summary>Empty maps, one for each hook.</summary>
    internal IEnumerable<KernelMap> CreateMaps() =>
        Hooks.Select(hook => KernelMap.Create(MapType.ProgramArray, hook.Programs, sizeof(uint), sizeof(uint), (uint)Sensors.Length));

    /// <summary>Takes a sensor's programs out that an agent before this one left there.</summary>
    internal void Remove(SharedMaps maps, string sensor)
    {
        if (TryFindPlace(sensor, out uint place))
        {
            foreach (SharedHook hook in Hooks)
            {
                maps.FindOptional(hook.Programs)!.TryRemoveProgram(place);
            }
        }
    }
}
