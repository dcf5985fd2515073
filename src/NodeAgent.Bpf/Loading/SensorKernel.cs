// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>What every sensor is loaded with.</summary>
/// <param name="Open">Opens an object by name.</param>
/// <param name="Maps">The maps that all objects share.</param>
/// <param name="Types">Tells which hooks this kernel has.</param>
/// <param name="Dispatches">Lead to the programs at shared hooks.</param>
/// <param name="CgroupRoot">Null when the machine has no cgroup2 tree: cgroup programs then fail with that reason.</param>
internal sealed record SensorKernel(Func<string, BpfObject> Open, SharedMaps Maps, KernelTypes Types, IReadOnlyList<HookDispatch> Dispatches, SafeFileHandle? CgroupRoot)
{
    private volatile string? _refusedTrampoline;

    /// <summary>
    /// How this kernel refused a program that is called by patching the kernel's text (fentry, fexit) with EPERM: it refuses all of them. Null = it has not. Each further try would search
    /// the kernel's types once more for nothing. Any thread.
    /// </summary>
    internal string? RefusedTrampoline
    {
        get => _refusedTrampoline;
        set => _refusedTrampoline = value;
    }

    /// <exception cref="BpfException">The kernel refuses.</exception>
    /// <exception cref="InvalidOperationException">The machine has no cgroup2 tree, and the program wants one.</exception>
    internal BpfLink Attach(BpfProgram program)
    {
        if (!program.IsCgroupProgram)
        {
            return program.Attach();
        }

        return CgroupRoot is null
            ? throw new InvalidOperationException("no cgroup2 tree is mounted")
            : program.AttachToCgroup(CgroupRoot);
    }
}
