// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;
using NodeAgent.HostScan.Drift;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>What an event tells of a file, module or mount. Valid during the call.</summary>
/// <param name="subject">What was acted upon.</param>
/// <param name="name">Shape: path as the process sees it, or name of a module.</param>
internal readonly ref struct WitnessedAct(DriftSubject subject, RuleEventType type, ReadOnlySpan<byte> name, ref readonly HeaderRecord header)
{
    public readonly ref readonly HeaderRecord Header = ref header;

    public DriftSubject Subject => subject;

    public RuleEventType Type => type;

    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>0 = not known.</summary>
    public ulong Inode { get; init; }

    /// <summary>Shape: of the kernel, <see cref="Interop.Platform.FileFacts.KernelDevice"/>.</summary>
    public uint Device { get; init; }
}
