// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Alerts;

/// <summary>Builds the process tree of an alert: the chain from the unit's first process down to the one that did it.</summary>
internal sealed class ProcessTree(WallClock clock, int maxDepth)
{
    /// <param name="leaf">The process that did it.</param>
    /// <param name="container">Its unit: processes of other units (runtimes, shims) end the chain.</param>
    /// <param name="arguments">The newest arguments of the leaf when the event told them.</param>
    public AlertProcessTree Build(ProcessInfo leaf, ContainerInfo container, AlertArguments arguments)
    {
        AlertProcess node = Describe(leaf, null);
        if (arguments.Exec is { } exec)
        {
            node = node with { Path = exec, Cmdline = arguments.Args is null ? node.Cmdline : BoundedText.CommandLine(arguments.Args) };
        }

        ProcessInfo at = leaf;
        for (int depth = 1; depth < maxDepth; depth++)
        {
            // A chain that loops would be a fault of the process table; the depth bounds it either way.
            if (at.Parent is not { } parent || ReferenceEquals(parent, at) || parent.Container.CgroupId != container.CgroupId)
            {
                break;
            }

            node = Describe(parent, node);
            at = parent;
        }

        return new AlertProcessTree
        {
            Root = node,
            UniqueId = UniqueId(at.Key, container.CgroupId),
            ContainerId = container.Identity.ContainerId is { Length: > 0 } id ? id : null,
        };
    }

    private AlertProcess Describe(ProcessInfo process, AlertProcess? child)
    {
        var node = new AlertProcess
        {
            Pid = process.Pid,
            Cmdline = BoundedText.CommandLine(process.Argv),
            Comm = process.Comm,
            Ppid = process.Parent?.Pid ?? process.ParentPid,
            Pcomm = process.Parent?.Comm,
            Uid = process.Uid,
            Gid = process.Gid,
            StartTime = process.Key.StartTimeNs == 0 ? null : clock.ToText(process.Key.StartTimeNs),
            UpperLayer = (process.ExecFlags & ExecFlags.UpperLayer) != 0,
            Cwd = process.Cwd.Length == 0 ? null : process.Cwd,
            Path = process.ExePath.Length == 0 ? null : process.ExePath,
            Session = process.IsSession ? true : null,
        };
        return child is null
            ? node
            : node with { ChildrenMap = new Dictionary<string, AlertProcess>(1) { [AlertProcess.ChildKey(child.Comm ?? string.Empty, child.Pid)] = child } };
    }

    /// <summary>The same for every alert whose chain has the same first process: FNV-1a over its identity.</summary>
    private static uint UniqueId(ProcessKey root, ulong cgroupId)
    {
        uint hash = 2166136261;
        foreach (ulong word in (ReadOnlySpan<ulong>)[root.Pid, root.StartTimeNs, cgroupId])
        {
            for (int shift = 0; shift < 64; shift += 8)
            {
                hash = (hash ^ (byte)(word >> shift)) * 16777619;
            }
        }

        return hash;
    }
}
