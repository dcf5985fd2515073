// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>CPUs as BPF counts them.</summary>
public static class Cpus
{
    /// <summary>CPUs that may ever come up: the number of values in a per-CPU map.</summary>
    public static int PossibleCount { get; } = NativeError.Check(NativeMethods.GetPossibleCpuCount(), "count CPUs");
}
