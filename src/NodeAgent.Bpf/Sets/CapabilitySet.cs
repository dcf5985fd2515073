// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Sets;

/// <summary>The capabilities that one container asked for: bit n is capability n.</summary>
/// <remarks>Source: <c>struct na_capability_set</c>. Nested: checked in another user namespace than the initial one.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CapabilitySet(ulong Refused, ulong Granted, ulong RefusedNested, ulong GrantedNested);

/// <summary>What the probes know of each container's capabilities. One thread at a time.</summary>
public sealed class CapabilitySets
{
    private readonly KernelMap? _map;
    private readonly MapBatch<ulong, CapabilitySet>? _batch;

    internal CapabilitySets(KernelMap? map)
    {
        _map = map;
        _batch = map is null ? null : new MapBatch<ulong, CapabilitySet>(map);
    }

    /// <param name="visit">Called with each cgroup id and its set; not at all while the sensor is off.</param>
    public void ReadAll(Action<ulong, CapabilitySet> visit) => _batch?.ReadAll(visit);

    /// <summary>Has everything that this container asks for told again.</summary>
    /// <returns>False when there was nothing.</returns>
    /// <exception cref="BpfException">The map cannot be written.</exception>
    public bool Clear(ulong cgroupId) => _map?.TryDelete(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in cgroupId))) ?? false;
}
