// SPDX-License-Identifier: Apache-2.0
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
internal sealed record SensorKernel(Func<string, BpfObject> Open, SharedMaps Maps, KernelTypes Types, ExitDispatch Dispatch, SafeFileHandle? CgroupRoot);
