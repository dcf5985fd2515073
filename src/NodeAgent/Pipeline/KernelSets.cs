// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Bpf.Sets;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Pipeline;

/// <summary>Couples what the kernel notes as sets (system calls, capabilities) to what is learned.</summary>
/// <remarks>
/// System calls are noted while a profile learns or a rule judges them, and from the moment that a cgroup is made: its first calls come before
/// anybody knows whose it is. The sets are read now and then, and after a loss, so that no lost event leaves a gap.
/// </remarks>
/// <param name="isJudged">Whether a rule looks at system calls; null = none does.</param>
internal sealed class KernelSets(KernelEventSource source, ProfileLearner profiles, Func<ulong, ContainerInfo?> find, Func<bool>? isJudged = null) : IEventConsumer
{
    private const ulong Second = 1_000_000_000;
    private const ulong ReadIntervalNs = 10 * Second;

    // From the cgroup to the first event that tells what it is, a runtime may take its time.
    private const ulong NewCgroupNs = 60 * Second;

    private ulong _nowNs;
    private ulong _nextReadNs;
    private ulong _wantedUntilNs;

    private bool IsJudged => isJudged?.Invoke() ?? false;

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
        if (cgroup.Record.Header.Kind == EventKind.CgroupMkdir)
        {
            _wantedUntilNs = Math.Max(_wantedUntilNs, cgroup.Record.Header.TimeNs + NewCgroupNs);
            source.Syscalls.SetAttached(true);
        }
    }

    public void OnSyscall(in SyscallEvent syscall, EventSubject subject)
    {
        // Not for a cgroup that nobody knows: it may become a container that learns.
        if (subject.Container.CgroupId != 0 && !IsJudged && !profiles.IsLearningOf(subject.Container))
        {
            source.Syscalls.Ignore(syscall.Record.Header.CgroupId, true);
        }
    }

    public void OnLoss(in LossEvent loss)
    {
        if (loss.Kind is EventKind.None or EventKind.Syscall or EventKind.Capability)
        {
            _nextReadNs = 0;
        }
    }

    public void OnTick(ulong bootTimeNs)
    {
        _nowNs = Math.Max(_nowNs, bootTimeNs);
        bool learning = profiles.IsLearning;
        source.Syscalls.SetAttached(learning || IsJudged || _nowNs < _wantedUntilNs);
        if (learning && _nowNs >= _nextReadNs)
        {
            _nextReadNs = _nowNs + ReadIntervalNs;
            source.Syscalls.ReadAll(Learn);
            source.Capabilities.ReadAll(Learn);
        }
    }

    private void Learn(ulong cgroupId, SyscallSet set)
    {
        if (!set.IsIgnored && find(cgroupId) is { } container)
        {
            profiles.LearnSyscalls(container, set.Native, set.Compat);
        }
    }

    private void Learn(ulong cgroupId, CapabilitySet set)
    {
        if (find(cgroupId) is { } container)
        {
            profiles.LearnCapabilities(container, set.Granted | set.GrantedNested);
        }
    }
}
