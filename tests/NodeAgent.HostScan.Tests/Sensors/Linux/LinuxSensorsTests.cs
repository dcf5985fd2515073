// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Linux;

namespace NodeAgent.HostScan.Tests.Sensors.Linux;

public sealed class LinuxSensorsTests : IDisposable
{
    // Everything that a sensor reads as a file.
    private static readonly string[] Paths =
    [
        "/etc/os-release", "/proc/version", "/proc/sys/kernel/arch", "/proc/sys/kernel/x", "/proc/sys/net/ipv4/ip_forward", "/sys/kernel/security/apparmor/profiles", "/sys/kernel/security/lsm",
        "/sys/kernel/security/lockdown", "/sys/fs/selinux/enforce", "/etc/selinux/config", "/proc/cmdline", "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
        "/proc/sys/kernel/seccomp/actions_avail", "/proc/modules", "/etc/modprobe.d/x.conf", "/proc/1/net/tcp", "/proc/1/net/udp6", "/proc/1/net/raw", "/proc/1/mountinfo", "/proc/1/stat", "/proc/1/cgroup",
        "/proc/1/cmdline", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/login.defs", "/etc/nsswitch.conf", "/etc/ssh/sshd_config", "/usr/sbin/sshd", "/etc/sudoers", "/etc/sudoers.d/x", "/etc/crontab",
        "/etc/cron.d/x", "/etc/anacrontab", "/etc/systemd/system/x.service", "/etc/systemd/system/x.service.d/x.conf", "/proc/stat", "/var/lib/dpkg/status", "/run/reboot-required",
        "/run/reboot-required.pkgs", "/etc/apt/apt.conf.d/x", "/etc/dnf/automatic.conf", "/lib/apk/db/installed", "/etc/chrony.conf", "/etc/systemd/timesyncd.conf", "/sys/block/dm-0/dm/uuid", "/proc/swaps",
        "/etc/crypttab", "/proc/cpuinfo", "/sys/devices/system/cpu/vulnerabilities/mds", "/sys/class/dmi/id/bios_vendor",
    ];

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Scan_EmptyRoot_NoSensorFails()
    {
        HostScanResult scan = Scan();

        Assert.Equal(LinuxSensors.All.Count, scan.Documents.Count);
        Assert.All(scan.Documents, document => Assert.DoesNotContain("failed", document.Error ?? string.Empty, StringComparison.Ordinal));
        // A document that is not there says why, or the host has no such thing.
        Assert.All(scan.Documents.Where(document => document.Spec is null && document.Error is null), document => Assert.Contains(document.Kind, (string[])["SshdSettings", "SudoRules"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Scan_GarbageInEveryFile_NoSensorFails(int seed)
    {
        var random = new Random(seed);
        foreach (string path in Paths)
        {
            byte[] content = new byte[random.Next(3) switch { 0 => random.Next(64), 1 => random.Next(4096), _ => 20_000 }];
            random.NextBytes(content);
            // Half of them out of characters that mean something somewhere.
            for (int i = 0; seed % 2 == 0 && i < content.Length; i++)
            {
                content[i] = " \n\t:=#\\\"'()[],-/x0Aa%*?@!."u8[random.Next(26)];
            }

            _tree.File(path, content);
        }

        HostScanResult scan = Scan();

        Assert.All(scan.Documents, document => Assert.DoesNotContain("failed", document.Error ?? string.Empty, StringComparison.Ordinal));
        Assert.Equal(scan.Documents.Select(document => document.Spec?.GetRawText()), Scan().Documents.Select(document => document.Spec?.GetRawText()));
    }

    [Fact]
    public void Scan_DirectoriesAndCirclesInPlaceOfFiles_NoSensorFails()
    {
        foreach ((int index, string path) in Paths.Index())
        {
            _ = index % 2 == 0 ? _tree.Link(path, path) : _tree.File(path + "/directory", "x");
        }

        Assert.All(Scan().Documents, document => Assert.DoesNotContain("failed", document.Error ?? string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_ThisMachineTwice_IsTheSame()
    {
        // What other programs of this machine change meanwhile is compared in its own tests.
        HostSensor[] sensors = [.. LinuxSensors.All.Where(sensor => sensor.Kind is not ("OpenPortsList" or "HostFilePermissions" or "HostMounts"))];
        using HostRoot root = HostRoot.Open("/");
        var scanner = new HostScanner(sensors, TimeProvider.System, TimeSpan.FromMinutes(1));

        IEnumerable<(string, string?)> first = Told(scanner.Scan(root, "node", TestContext.Current.CancellationToken));
        IEnumerable<(string, string?)> second = Told(scanner.Scan(root, "node", TestContext.Current.CancellationToken));

        Assert.Equal(first, second);
        Assert.All(first, document => Assert.NotNull(document.Item2));

        static List<(string, string?)> Told(HostScanResult scan) => [.. scan.Documents.Where(document => document.Kind is not ("SshdSettings" or "SudoRules")).Select(document => (document.Kind, document.Spec?.GetRawText()))];
    }

    [Fact]
    public void All_KindsAndVariables_AreUnique()
    {
        Assert.Distinct(LinuxSensors.All.Select(sensor => sensor.Kind));
        Assert.Distinct(LinuxSensors.All.Select(sensor => sensor.Variable));
    }

    private HostScanResult Scan()
    {
        using HostRoot root = _tree.Open();
        return new HostScanner(LinuxSensors.All, TimeProvider.System, TimeSpan.FromMinutes(1)).Scan(root, "node", TestContext.Current.CancellationToken);
    }
}
