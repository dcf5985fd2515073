// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Profiles.Learning;

// System calls and capabilities: the kernel keeps them as sets, tells what is new, and can be asked for all.
public sealed partial class ProfileLearner
{
    /// <summary>Whether any container learns now: while none does, the kernel need not note system calls. Event loop's thread.</summary>
    /// <remarks>As of the last sweep, or a container that was met since.</remarks>
    public bool IsLearning => _learning > 0 || _metSinceSweep;

    public void OnSyscall(in SyscallEvent syscall, EventSubject subject)
    {
        // Not followed once it is learned: the hook is paid by each system call of the machine.
        if (Following(subject, syscall.Record.Header.TimeNs) is { IsLearning: true } profile)
        {
            bool compat = (syscall.Record.Flags & SyscallFlags.Compat) != 0;
            Learned(profile, (compat ? profile.Behavior.CompatSyscalls : profile.Behavior.Syscalls).Add(syscall.Record.Number));
        }
    }

    public void OnCapability(in CapabilityEvent capability, EventSubject subject)
    {
        // One that was refused shows what was tried; it is no permission.
        if (capability.Record.Granted != 0 && Following(subject, capability.Record.Header.TimeNs) is { } profile)
        {
            TakeCapability(profile, capability.Record.Capability);
        }
    }

    /// <summary>Whether this container learns: what the kernel noted of it is wanted. Event loop's thread.</summary>
    public bool IsLearningOf(ContainerInfo container) =>
        container is { CgroupId: not 0, RemovedNs: 0 } && Resolve(container) is { IsLearning: true };

    /// <summary>Takes over what the kernel noted of a container, events that were lost included. Event loop's thread.</summary>
    /// <param name="native">Bit n of word w is system call 64 w + n.</param>
    /// <param name="compat">The same, of the 32-bit table.</param>
    public void LearnSyscalls(ContainerInfo container, ReadOnlySpan<ulong> native, ReadOnlySpan<ulong> compat)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (IsLearningOf(container) && Resolve(container) is { } profile)
        {
            bool news = profile.Behavior.Syscalls.Unite(native) | profile.Behavior.CompatSyscalls.Unite(compat);
            Learned(profile, news);
        }
    }

    /// <inheritdoc cref="LearnSyscalls"/>
    /// <param name="granted">Bit n is capability n.</param>
    public void LearnCapabilities(ContainerInfo container, ulong granted)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (IsLearningOf(container) && Resolve(container) is { } profile)
        {
            Learned(profile, profile.Behavior.Capabilities.Unite([granted]));
        }
    }
}
