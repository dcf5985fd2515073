// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>Notes whose each process is that was there before the agent.</summary>
internal sealed class SnapshotNotes : QuietStage
{
    private readonly ConcurrentDictionary<uint, ContainerInfo> _containers = [];

    public ContainerInfo? ContainerOf(uint pid) => _containers.GetValueOrDefault(pid);

    public void Clear() => _containers.Clear();

    public override void OnExec(in ExecEvent exec, EventSubject subject)
    {
        if (exec.IsSnapshot)
        {
            _containers[exec.Record.Header.Pid] = subject.Container;
        }
    }
}
