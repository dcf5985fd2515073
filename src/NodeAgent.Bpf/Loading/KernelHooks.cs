// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Bpf.Loading;

/// <summary>Which hooks this kernel has: a program whose hook does not exist would take its whole object down with it.</summary>
internal static class KernelHooks
{
    private const string Types = "/sys/kernel/btf/vmlinux";

    // Names in BTF stand one after the other, each ended by NUL. Some megabytes, needed at start only.
    private static readonly WeakReference<byte[]?> Cache = new(null);
    private static readonly Lock Gate = new();

    /// <param name="section">Shape: <c>tp_btf/sys_exit</c>, <c>fexit/security_capable</c>.</param>
    /// <returns>True too for sections whose hook is no name of the kernel's.</returns>
    internal static bool Has(string section)
    {
        int slash = section.IndexOf('/', StringComparison.Ordinal);
        string name = slash < 0 ? string.Empty : section[(slash + 1)..];
        return section[..Math.Max(slash, 0)] switch
        {
            "tp_btf" => Contains("btf_trace_" + name),
            "fentry" or "fexit" => Contains(name),
            "lsm" => Contains("bpf_lsm_" + name),
            _ => true,
        };
    }

    private static bool Contains(string name) => Load().AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\0{name}\0")) >= 0;

    private static byte[] Load()
    {
        lock (Gate)
        {
            if (Cache.TryGetTarget(out byte[]? bytes))
            {
                return bytes;
            }

            try
            {
                bytes = File.ReadAllBytes(Types);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                bytes = []; // KernelRequirements says so
            }

            Cache.SetTarget(bytes);
            return bytes;
        }
    }
}
