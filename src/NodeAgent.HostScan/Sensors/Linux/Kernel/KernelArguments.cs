// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>The kernel's command line. Source: Documentation/admin-guide/kernel-parameters.</summary>
internal static class KernelArguments
{
    private static readonly HashSet<string> Weak = new(StringComparer.Ordinal)
    {
        "mitigations=off", "nokaslr", "nopti", "pti=off", "kpti=0", "nospectre_v1", "nospectre_v2", "nospec_store_bypass_disable", "spectre_v2=off", "spectre_v2_user=off",
        "spec_store_bypass_disable=off", "ssbd=force-off", "l1tf=off", "mds=off", "tsx_async_abort=off", "kvm.nx_huge_pages=off",
        "mmio_stale_data=off", "retbleed=off", "srbds=off", "gather_data_sampling=off", "reg_file_data_sampling=off", "spec_rstack_overflow=off", "indirect_target_selection=off",
        "spectre_bhi=off", "vmscape=off", "tsa=off", "nosmep", "nosmap", "noexec=off", "noexec32=off", "ibt=off", "norandmaps", "nordrand", "rodata=off", "vsyscall=native", "vsyscall=emulate",
        "selinux=0", "enforcing=0", "apparmor=0", "audit=0", "audit=off", "module.sig_enforce=0", "init_on_alloc=0", "init_on_free=0",
        "randomize_kstack_offset=off", "randomize_kstack_offset=0", "hardened_usercopy=off", "slub_debug=-", "debugfs=on", "iommu=off", "intel_iommu=off", "amd_iommu=off", "iommu.strict=0",
        "ima_appraise=off", "ima_appraise=fix", "ima_appraise=log", "evm=fix", "arm64.nobti", "arm64.nopauth", "arm64.nomte",
        "sysrq_always_enabled", "no_hash_pointers", "hash_pointers=never", "no_entry_flush", "no_uaccess_flush", "cfi=off",
        "init=/bin/sh", "init=/bin/bash", "single", "systemd.debug-shell", "systemd.debug-shell=1", "systemd.debug_shell", "systemd.debug_shell=1",
    };

    /// <summary>The arguments of a kernel's command line that switch a protection off, sorted, each once.</summary>
    /// <param name="line">Shape: arguments with blanks between them; in double quotes a blank is part of one. What follows <c>--</c> is not the kernel's.</param>
    public static IReadOnlyList<string> Weakening(string line) => [.. Split(line).Select(argument => argument.Trim('"')).Where(Weakens).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static bool Weakens(string argument)
    {
        if (Weak.Contains(argument))
        {
            return true;
        }

        // mitigations=auto,no_guest_host leaves part of them out.
        return argument.StartsWith("mitigations=", StringComparison.Ordinal) && (argument.Contains("off", StringComparison.Ordinal) || argument.Contains(",no_", StringComparison.Ordinal));
    }

    private static List<string> Split(string line)
    {
        var arguments = new List<string>();
        var argument = new StringBuilder();
        bool isQuoted = false;
        foreach (char character in line + " ")
        {
            isQuoted ^= character == '"';
            if (isQuoted || !char.IsWhiteSpace(character))
            {
                argument.Append(character);
            }
            else if (argument.Length > 0)
            {
                if (argument.Equals("--"))
                {
                    return arguments;
                }

                arguments.Add(argument.ToString());
                argument.Clear();
            }
        }

        return arguments;
    }
}
