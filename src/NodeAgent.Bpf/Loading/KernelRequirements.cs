// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Bpf.Loading;

/// <summary>Something that this machine lacks.</summary>
/// <param name="Message">Shape: one line that says what is missing and what to do.</param>
/// <param name="IsFatal">False when the agent runs without it, with fewer sensors.</param>
public sealed record RequirementProblem(string Message, bool IsFatal);

/// <summary>Whether BPF programs can run here at all. Reads files only.</summary>
public static class KernelRequirements
{
    private static readonly Version Floor = new(5, 8);

    // Source: linux/capability.h.
    private const int CapNetAdmin = 12;
    private const int CapSysAdmin = 21;
    private const int CapPerfmon = 38;
    private const int CapBpf = 39;

    /// <param name="root">The directory that stands for <c>/</c>; tests give another.</param>
    /// <returns>Empty when nothing is missing.</returns>
    public static IReadOnlyList<RequirementProblem> Check(string root = "/")
    {
        var problems = new List<RequirementProblem>();
        CheckKernel(root, problems);
        CheckPrivileges(root, problems);
        if (!File.Exists(Path.Combine(root, "sys/kernel/btf/vmlinux")))
        {
            problems.Add(new("this kernel has no BTF (/sys/kernel/btf/vmlinux): it must be built with CONFIG_DEBUG_INFO_BTF", true));
        }

        if (FindCgroupRoot(root) is null)
        {
            problems.Add(new("no cgroup2 tree is mounted: the udp and dns sensors stay off; mount one: mount -t cgroup2 none /sys/fs/cgroup", false));
        }

        return problems;
    }

    /// <returns>The mount point of the cgroup2 tree, or null.</returns>
    public static string? FindCgroupRoot(string root = "/") => CgroupMount.Find(Read(root, "proc/self/mountinfo"));

    /// <param name="release">Shape: <c>6.1.0-18-amd64</c>, as uname(2) gives it.</param>
    /// <returns>Null when it does not begin with two numbers.</returns>
    public static Version? ParseRelease(string release)
    {
        ArgumentNullException.ThrowIfNull(release);
        string[] parts = release.Trim().Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
                ? new Version(major, minor)
                : null;
    }

    private static void CheckKernel(string root, List<RequirementProblem> problems)
    {
        string release = Read(root, "proc/sys/kernel/osrelease").Trim();
        if (ParseRelease(release) is not Version version)
        {
            problems.Add(new($"the kernel's version is not readable (/proc/sys/kernel/osrelease: \"{release}\")", true));
        }
        else if (version < Floor)
        {
            problems.Add(new($"Linux {release} is too old: BPF ring buffers need {Floor} or newer", true));
        }
    }

    private static void CheckPrivileges(string root, List<RequirementProblem> problems)
    {
        ulong effective = EffectiveCapabilities(Read(root, "proc/self/status"));
        bool admin = Has(effective, CapSysAdmin);
        if (!admin && !(Has(effective, CapBpf) && Has(effective, CapPerfmon)))
        {
            problems.Add(new("not privileged: run as root, or with the capabilities BPF, PERFMON and NET_ADMIN", true));
        }
        else if (!admin && !Has(effective, CapNetAdmin))
        {
            problems.Add(new("the capability NET_ADMIN is missing: the udp and dns sensors stay off", false));
        }
    }

    private static ulong EffectiveCapabilities(string status)
    {
        const string Key = "CapEff:";
        foreach (string line in status.Split('\n'))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal)
                && ulong.TryParse(line.AsSpan(Key.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set))
            {
                return set;
            }
        }

        return 0;
    }

    private static bool Has(ulong set, int capability) => (set >> capability & 1) != 0;

    private static string Read(string root, string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
