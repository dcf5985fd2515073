// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>Which protections of the kernel are on.</summary>
/// <remarks>Sources: apparmor(7), selinux(8), kernel_lockdown(7), Documentation/admin-guide/LSM, Documentation/admin-guide/module-signing.</remarks>
internal sealed class LinuxSecuritySensor() : HostSensor<LinuxSecurityHardeningStatusSpec>(HostDataJsonContext.Readable.LinuxSecurityHardeningStatusSpec)
{
    private const string Profiles = "/sys/kernel/security/apparmor/profiles";
    private const string Lsm = "/sys/kernel/security/lsm";
    private const int MaxProfiles = 4096;

    public override string Kind => "LinuxSecurityHardeningStatus";

    public override string Variable => "security";

    protected override LinuxSecurityHardeningStatusSpec? Read(SensorRun run)
    {
        HostFileBytes loaded = run.Read(Profiles);
        IReadOnlyList<AppArmorProfile>? profiles = loaded.IsRead ? AppArmorProfiles(loaded) : null;
        if (profiles is { Count: > MaxProfiles })
        {
            run.Problem($"{Profiles}: more than {MaxProfiles} profiles, the rest is left out");
            profiles = [.. profiles.Take(MaxProfiles)];
        }

        var settings = new List<HostSetting>();
        AddModules(run, settings);
        AddSelinux(run, settings);
        AddKernel(run, settings);
        SecureBoot.Add(run, settings);
        return new LinuxSecurityHardeningStatusSpec
        {
            AppArmor = (loaded.IsRead, loaded.Bytes.IsEmpty) switch { (false, _) => "unloaded", (_, true) => "stopped", _ => loaded.Text },
            SeLinux = run.Read("/etc/selinux/semanage.conf") is { IsRead: true } manage ? manage.Text : "not found",
            AppArmorProfiles = profiles,
            AppArmorModes = profiles?.GroupBy(profile => profile.Mode!, StringComparer.Ordinal).OrderBy(mode => mode.Key, StringComparer.Ordinal).ToDictionary(mode => mode.Key, mode => mode.Count()),
            Settings = Setting.Sorted(settings),
            WeakeningArguments = run.Read("/proc/cmdline", 64 << 10) is { IsRead: true } line
                ? [.. KernelArguments.Weakening(line.Text).Select(argument => Setting.Of(argument.Split('=')[0], argument, "/proc/cmdline"))]
                : null,
            NodeName = run.NodeName,
        };
    }

    // Shape: NAME (MODE); the name may hold blanks and brackets.
    private static List<AppArmorProfile> AppArmorProfiles(in HostFileBytes file)
    {
        var profiles = new List<AppArmorProfile>();
        foreach (string line in file.Lines)
        {
            int open = line.LastIndexOf(" (", StringComparison.Ordinal);
            if (open > 0 && line.EndsWith(')'))
            {
                profiles.Add(new AppArmorProfile { Name = line[..open], Mode = line[(open + 2)..^1] });
            }
        }

        profiles.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return profiles;
    }

    private static void AddModules(SensorRun run, List<HostSetting> settings)
    {
        if (run.Root.ReadLine(Lsm) is { Length: > 0 } active)
        {
            string[] names = active.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            settings.Add(Setting.Of("lsm.active", names, Lsm));
            settings.Add(Setting.Of("landlock.active", names.Contains("landlock"), Lsm));
        }
        else
        {
            run.Problem("/sys/kernel/security/lsm is not there: securityfs is not mounted, so active security modules, lockdown and AppArmor's profiles are not known");
        }

        const string enabled = "/sys/module/apparmor/parameters/enabled";
        if (run.Root.ReadLine(enabled) is { } told)
        {
            settings.Add(Setting.Of("apparmor.enabled", told == "Y", enabled));
        }
        else if (run.Root.Exists("/sys/module"))
        {
            settings.Add(Setting.Of("apparmor.enabled", false, enabled));
        }

        const string lockdown = "/sys/kernel/security/lockdown";
        if (run.Root.ReadLine(lockdown) is { } modes && Chosen(modes) is { } mode)
        {
            settings.Add(Setting.Of("lockdown.mode", mode, lockdown));
        }
    }

    private static void AddSelinux(SensorRun run, List<HostSetting> settings)
    {
        const string enforce = "/sys/fs/selinux/enforce";
        const string config = "/etc/selinux/config";
        settings.Add(Setting.Of("selinux.mode", run.Root.ReadLine(enforce) switch { "1" => "enforcing", "0" => "permissive", _ => "disabled" }, enforce));
        int number = 0;
        foreach (string line in run.Read(config, 64 << 10).Lines)
        {
            number++;
            if (ShellAssignments.TryParse(line, out string name, out string value) && name is "SELINUX" or "SELINUXTYPE")
            {
                settings.Add(Setting.Of(name == "SELINUX" ? "selinux.configuredMode" : "selinux.configuredPolicy", value, config, number));
            }
        }
    }

    private static void AddKernel(SensorRun run, List<HostSetting> settings)
    {
        const string signatures = "/sys/module/module/parameters/sig_enforce";
        if (run.Root.ReadLine(signatures) is { } enforced)
        {
            settings.Add(Setting.Of("module.signatureEnforced", enforced == "Y", signatures));
        }
        else if (run.Root.Exists("/proc/modules"))
        {
            settings.Add(Setting.Of("module.signatureEnforced", false, signatures));
        }

        const string actions = "/proc/sys/kernel/seccomp/actions_avail";
        if (run.Root.ReadLine(actions) is { Length: > 0 } available)
        {
            settings.Add(Setting.Of("seccomp.actions", available.Split(' ', StringSplitOptions.RemoveEmptyEntries), actions));
        }

        AddFlag("kexec.disabled", "/proc/sys/kernel/kexec_load_disabled");
        AddFlag("kexec.loaded", "/sys/kernel/kexec_loaded");
        AddFlag("bpf.unprivilegedDisabled", "/proc/sys/kernel/unprivileged_bpf_disabled");

        void AddFlag(string key, string path)
        {
            if (run.Root.ReadLine(path) is { Length: > 0 } value)
            {
                settings.Add(Setting.Of(key, value != "0", path));
            }
        }
    }

    // Shape: none [integrity] confidentiality.
    private static string? Chosen(string modes)
    {
        int open = modes.IndexOf('[', StringComparison.Ordinal);
        int close = modes.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open ? modes[(open + 1)..close] : null;
    }
}
