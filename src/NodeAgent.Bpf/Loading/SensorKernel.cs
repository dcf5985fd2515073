// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>What every sensor is loaded with.</summary>
/// <param name="Open">Opens an object by name.</param>
/// <param name="Maps">The maps that all objects share.</param>
/// <param name="Types">Tells which hooks this kernel has.</param>
/// <param name="Dispatch">Leads to the programs at the end of system calls.</param>
/// <param name="CgroupRoot">Null when the machine has no cgroup2 tree: cgroup programs then fail with that reason.</param>
internal sealed record SensorKernel(Func<string, BpfObject> Open, SharedMaps Maps, KernelTypes Types, ExitDispatch Dispatch, SafeFileHandle? CgroupRoot)
{
    /// <summary>
    /// Kinds of hooks of which this kernel has refused one with EPERM, and how: it will refuse the others too. Each further try would search the kernel's types
    /// once more for nothing, which is a tenth of the start where fentry is forbidden. Any thread.
    /// </summary>
    internal ConcurrentDictionary<string, string> ForbiddenHooks { get; } = new(StringComparer.Ordinal);
}
