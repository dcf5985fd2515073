// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Platform;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Platform;

public sealed class PackagesSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Debian_CountsWhatIsInstalled()
    {
        _tree.File("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n\nPackage: c\nStatus: hold ok installed\n")
            .File("/run/reboot-required", "*** System restart required ***\n").File("/run/reboot-required.pkgs", "linux-image\nlibc6\nlinux-image\n")
            .File("/etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n").File("/etc/apt/apt.conf.d/99off", "APT::Periodic::Unattended-Upgrade \"0\";\n");
        System.IO.File.SetLastWriteTimeUtc(_tree.At("/var/lib/dpkg/status"), new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        PackageSummarySpec spec = Read();

        Assert.Equal("dpkg 2 2026-01-02T03:04:05Z", Described(Assert.Single(spec.Databases!)));
        Assert.True(spec.RebootRequired!.Value!.Value.GetBoolean());
        Assert.Equal(["libc6", "linux-image"], spec.RebootPackages!);
        Assert.Equal(["apt.unattendedUpgrade False /etc/apt/apt.conf.d/99off:1"], spec.UpdateSettings!.Select(setting => $"{setting.Key} {setting.Value} {setting.Source}:{setting.Line}"));
    }

    [Fact]
    public void Read_OtherDistributions_AreKnown()
    {
        _tree.File("/lib/apk/db/installed", "C:Q1\nP:musl\nV:1\n\nC:Q2\nP:busybox\n").File("/usr/lib/sysimage/rpm/rpmdb.sqlite", "SQLite").File("/var/lib/pacman/local/glibc-2/desc", "x").File("/var/lib/pacman/local/ALPM_DB_VERSION", "9")
            .File("/etc/dnf/automatic.conf", "[commands]\napply_updates = yes\n");

        PackageSummarySpec spec = Read();

        Assert.Equal(["rpm ", "apk 2", "pacman 1"], spec.Databases!.Select(database => $"{database.Format} {database.Count}"));
        Assert.Equal("dnf.applyUpdates True", $"{spec.UpdateSettings![0].Key} {spec.UpdateSettings[0].Value}");
    }

    [Fact]
    public void Read_HostWithoutPackages_IsEmpty()
    {
        PackageSummarySpec spec = Read();

        Assert.Empty(spec.Databases!);
        Assert.False(spec.RebootRequired!.Value!.Value.GetBoolean());
    }

    [Fact]
    public void Read_ThisMachine_EqualsDpkgQuery()
    {
        (PackageSummarySpec? spec, _) = SensorScan.OfMachine(new PackagesSensor(), HostDataJsonContext.Readable.PackageSummarySpec);

        Assert.Equal(AdministratorTool.Lines("dpkg-query", "-W", "-f", "${Status}\\n").Count(line => line.EndsWith(" ok installed", StringComparison.Ordinal)), spec!.Databases!.Single(database => database.Format == "dpkg").Count);
    }

    private static string Described(PackageDatabase database) => $"{database.Format} {database.Count} {database.LastChanged}";

    private PackageSummarySpec Read() => SensorScan.Of(new PackagesSensor(), HostDataJsonContext.Readable.PackageSummarySpec, _tree).Spec!;
}
