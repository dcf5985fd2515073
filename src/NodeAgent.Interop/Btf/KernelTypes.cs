// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Native;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Interop.Btf;

/// <summary>The types of the kernel that runs: which functions and tracepoints it has. Loaded on first use.</summary>
/// <remarks>Any thread may ask. What only a module has is not here.</remarks>
public sealed class KernelTypes : IDisposable
{
    // Source: BTF_KIND_TYPEDEF and BTF_KIND_FUNC of linux/btf.h.
    private const uint KindTypedef = 8;
    private const uint KindFunction = 12;

    private readonly Lazy<KernelBtfHandle> _handle = new(Load);

    /// <summary>Whether the hook that a program names in its section exists.</summary>
    /// <returns>True also for hooks that are not found through BTF (kprobe, tp, cgroup): only attaching tells.</returns>
    /// <exception cref="BpfException">The kernel's BTF cannot be read.</exception>
    /// <remarks>Source: the prefixes that libbpf looks a program's target up by.</remarks>
    public bool HasHookOf(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.HookType switch
        {
            "tp_btf" => Has("btf_trace_" + program.HookTarget, KindTypedef),
            "lsm" or "lsm_cgroup" => Has("bpf_lsm_" + program.HookTarget, KindFunction),
            "fentry" or "fexit" or "fmod_ret" => Has(program.HookTarget, KindFunction),
            "iter" => Has("bpf_iter_" + program.HookTarget, KindFunction),
            _ => true,
        };
    }

    public void Dispose()
    {
        if (_handle.IsValueCreated)
        {
            _handle.Value.Dispose();
        }
    }

    private bool Has(string name, uint kind) => NativeMethods.KernelBtfHas(_handle.Value, name, kind) != 0;

    private static KernelBtfHandle Load()
    {
        KernelBtfHandle handle = NativeMethods.LoadKernelBtf();
        return handle.IsInvalid ? throw NativeError.Last("read the kernel's BTF") : handle;
    }
}
