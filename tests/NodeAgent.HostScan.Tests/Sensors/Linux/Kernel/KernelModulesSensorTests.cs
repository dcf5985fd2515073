// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Kernel;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Kernel;

public sealed class KernelModulesSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Modules_TellTaintsAndSignatures()
    {
        _tree.File("/proc/modules", "xfs 2097152 1 - Live 0xffffffffc0a00000\nevil 16384 0 - Live 0x0000000000000000 (OE)\ngarbage\nbr_netfilter 32768 0 - Live 0x0 \n")
            .File("/sys/module/module/parameters/sig_enforce", "N\n");

        (KernelModulesSpec spec, string? problems) = Read();

        Assert.Equal(["br_netfilter 32768  True", "evil 16384 OE False", "xfs 2097152  True"], spec.Modules!.Select(module => $"{module.Name} {module.SizeBytes} {module.Taints} {module.Signed}"));
        Assert.True(spec.Loadable);
        Assert.Equal("/proc/modules: a row that is no module", problems);
    }

    [Fact]
    public void Read_KernelWithoutModules_IsNoFault()
    {
        (KernelModulesSpec spec, string? problems) = Read();

        Assert.False(spec.Loadable);
        Assert.Empty(spec.Modules!);
        Assert.Null(problems);
    }

    [Fact]
    public void Read_Modprobe_TellsWhatMayNotBeLoaded()
    {
        _tree.File("/etc/modprobe.d/a.conf", "# install usb-storage /bin/false\ninstall usb-storage /bin/false\nblacklist  dccp\ninstall good /sbin/modprobe --ignore-install good\nblacklist\n")
            .File("/usr/lib/modprobe.d/a.conf", "blacklist hidden\n").File("/usr/lib/modprobe.d/b.conf", "blacklist seen\n").File("/etc/modprobe.d/readme", "blacklist no\n");

        (KernelModulesSpec spec, _) = Read();

        Assert.Equal(
            ["dccp blacklist /etc/modprobe.d/a.conf:3", "seen blacklist /usr/lib/modprobe.d/b.conf:1", "usb_storage /bin/false /etc/modprobe.d/a.conf:2"],
            spec.Disabled!.Select(setting => $"{setting.Key} {setting.Value} {setting.Source}:{setting.Line}"));
    }

    [Fact]
    public void Read_ThisMachine_EqualsLsmod()
    {
        (KernelModulesSpec? spec, _) = SensorScan.OfMachine(new KernelModulesSensor(), HostDataJsonContext.Readable.KernelModulesSpec);
        (int code, string said) = AdministratorTool.Run("lsmod");

        // lsmod fails where the kernel takes no modules.
        IEnumerable<string> expected = code != 0 ? [] : said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), spec!.Modules!.Select(module => $"{module.Name} {module.SizeBytes}").Order(StringComparer.Ordinal));
        Assert.Equal(System.IO.File.Exists("/proc/modules"), spec.Loadable);
    }

    private (KernelModulesSpec Spec, string? Problems) Read()
    {
        (KernelModulesSpec? spec, string? problems) = SensorScan.Of(new KernelModulesSensor(), HostDataJsonContext.Readable.KernelModulesSpec, _tree);
        return (spec!, problems);
    }
}
