// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Kernel;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Kernel;

public sealed class LinuxSecuritySensorTests : IDisposable
{
    private const string Efi = "/sys/firmware/efi/efivars/";

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_AppArmor_TellsProfilesAndModes()
    {
        const string profiles = "/usr/bin/man (enforce)\nodd name (x) (complain)\ncri-containerd.apparmor.d (enforce)\n";
        _tree.File("/sys/kernel/security/apparmor/profiles", profiles).File("/sys/module/apparmor/parameters/enabled", "Y\n")
            .File("/sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor,bpf").File("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");

        (LinuxSecurityHardeningStatusSpec spec, string? problems) = Read();

        Assert.Equal(profiles, spec.AppArmor);
        Assert.Equal(["/usr/bin/man enforce", "cri-containerd.apparmor.d enforce", "odd name (x) complain"], spec.AppArmorProfiles!.Select(profile => $"{profile.Name} {profile.Mode}"));
        Assert.Equal([("complain", 1), ("enforce", 2)], spec.AppArmorModes!.Select(mode => (mode.Key, mode.Value)));
        Assert.Equal("True", Setting(spec, "apparmor.enabled"));
        Assert.Equal("True", Setting(spec, "landlock.active"));
        Assert.Equal("integrity", Setting(spec, "lockdown.mode"));
        Assert.Null(problems);
    }

    [Fact]
    public void Read_Selinux_TellsWhatIsInForceAndWhatIsConfigured()
    {
        _tree.File("/sys/fs/selinux/enforce", "0").File("/etc/selinux/config", "# comment\nSELINUX=enforcing\n\nSELINUXTYPE = wrong\nSELINUXTYPE=targeted\n").File("/etc/selinux/semanage.conf", "module-store = direct\n");

        (LinuxSecurityHardeningStatusSpec spec, _) = Read();

        Assert.Equal("permissive", Setting(spec, "selinux.mode"));
        Assert.Equal("enforcing", Setting(spec, "selinux.configuredMode"));
        Assert.Equal("targeted", Setting(spec, "selinux.configuredPolicy"));
        Assert.Equal(5, spec.Settings!.Single(setting => setting.Key == "selinux.configuredPolicy").Line);
        Assert.Equal("module-store = direct\n", spec.SeLinux);
    }

    [Theory]
    [InlineData(1, 0, "enabled")]
    [InlineData(0, 0, "disabled")]
    [InlineData(0, 1, "setupMode")]
    [InlineData(1, 1, "disabled")]
    [InlineData(-1, 0, "unknown")]
    public void Read_SecureBoot_IsAsTheVariablesSay(int enabled, int setup, string expected)
    {
        _tree.File(Efi + "SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c", [6, 0, 0, 0, (byte)setup]);
        // A variable has four bytes of attributes before its value; another length is none.
        _tree.File(Efi + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", enabled < 0 ? [1] : [6, 0, 0, 0, (byte)enabled]);

        Assert.Equal(expected, Setting(Read().Spec, "secureBoot.state"));
    }

    [Fact]
    public void Read_MachineWithNothing_SaysWhatIsNotKnown()
    {
        (LinuxSecurityHardeningStatusSpec spec, string? problems) = Read();

        Assert.Equal(("unloaded", "not found"), (spec.AppArmor, spec.SeLinux));
        Assert.Equal("noUefi", Setting(spec, "secureBoot.state"));
        Assert.Null(spec.AppArmorProfiles);
        Assert.Null(spec.WeakeningArguments);
        Assert.Contains("securityfs is not mounted", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EmptyProfiles_AreStopped()
    {
        _tree.File("/sys/kernel/security/apparmor/profiles", "");

        Assert.Equal("stopped", Read().Spec.AppArmor);
    }

    [Theory]
    [InlineData("root=/dev/sda1 quiet", "")]
    [InlineData("mitigations=off nokaslr nokaslr", "mitigations=off,nokaslr")]
    [InlineData("mitigations=auto,no_guest_host", "mitigations=auto,no_guest_host")]
    [InlineData("mitigations=auto,nosmt spectre_v2=off", "spectre_v2=off")]
    [InlineData("dyndbg=\"file x +p nokaslr\" \"nopti\"", "nopti")]
    [InlineData("quiet -- nokaslr", "")]
    [InlineData("password=nokaslr", "")]
    [InlineData("", "")]
    public void Weakening_CommandLine_AreOnlyThoseOfTheKernel(string line, string expected) => Assert.Equal(expected, string.Join(',', KernelArguments.Weakening(line)));

    [Fact]
    public void Read_CommandLine_TellsNoSecretOfIt()
    {
        _tree.File("/proc/cmdline", "mitigations=off iscsi_password=canary\n");

        (LinuxSecurityHardeningStatusSpec spec, _) = Read();

        Assert.Equal(["mitigations=mitigations=off"], spec.WeakeningArguments!.Select(argument => $"{argument.Key}={argument.Value}"));
    }

    [Fact]
    public void Read_ThisMachine_TellsWhatTheFilesSay()
    {
        (LinuxSecurityHardeningStatusSpec? spec, _) = SensorScan.OfMachine(new LinuxSecuritySensor(), HostDataJsonContext.Readable.LinuxSecurityHardeningStatusSpec);

        Assert.Equal(System.IO.File.ReadAllText("/proc/sys/kernel/seccomp/actions_avail").Trim(), string.Join(' ', spec!.Settings!.Single(setting => setting.Key == "seccomp.actions").Value!.Value.EnumerateArray()));
        Assert.Equal(Directory.Exists("/sys/firmware/efi"), Setting(spec, "secureBoot.state") != "noUefi");
    }

    private static string? Setting(LinuxSecurityHardeningStatusSpec spec, string key) => spec.Settings!.SingleOrDefault(setting => setting.Key == key)?.Value?.ToString();

    private (LinuxSecurityHardeningStatusSpec Spec, string? Problems) Read()
    {
        (LinuxSecurityHardeningStatusSpec? spec, string? problems) = SensorScan.Of(new LinuxSecuritySensor(), HostDataJsonContext.Readable.LinuxSecurityHardeningStatusSpec, _tree);
        return (spec!, problems);
    }
}
