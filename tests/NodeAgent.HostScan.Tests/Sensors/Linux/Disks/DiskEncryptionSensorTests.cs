// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Disks;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Disks;

public sealed class DiskEncryptionSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    // A volume of LVM on LUKS, as installers make it, beside a plain boot partition.
    [Fact]
    public void Read_LvmOnLuks_IsEncrypted()
    {
        _tree.File("/sys/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123456789abcdef-vda3_crypt\n").File("/sys/block/dm-0/dm/name", "vda3_crypt\n").File("/sys/block/dm-0/slaves/vda3/dev", "254:3\n")
            .File("/sys/block/dm-1/dm/uuid", "LVM-abc\n").File("/sys/block/dm-1/dm/name", "vg-root\n").Link("/sys/block/dm-1/slaves/dm-0", "../../dm-0").File("/sys/block/vda/size", "1\n")
            .Link("/sys/dev/block/253:1", "../../block/dm-1").Link("/sys/dev/block/254:1", "../../block/vda").Link("/sys/class/block/dm-1", "../../block/dm-1").Link("/sys/class/block/vda", "../../block/vda")
            .File("/proc/1/mountinfo", "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n2 1 254:1 / /boot rw - ext4 /dev/vda1 rw\n3 1 0:5 / /proc rw - proc proc rw\n")
            .File("/proc/swaps", "Filename Type Size Used Priority\n/dev/dm-1 partition 1000 0 -2\n/dev/vda partition 1 0 -3\n/dev/zram0 partition 5 0 100\n/swap.img\t file 5 0 -4\n")
            .File("/etc/crypttab", "# comment\nvda3_crypt UUID=1 none luks\nswap /dev/vda9 /dev/urandom swap\ndata UUID=2 /root/secret.key luks\n");

        (DiskEncryptionSpec spec, string? problems) = Read();

        Assert.Equal(["vda3_crypt LUKS2 vda3"], spec.Volumes!.Select(volume => $"{volume.Name} {volume.Format} {string.Join(',', volume.Devices!)}"));
        Assert.Equal(["/ True", "/boot False"], spec.Mounts!.Select(mount => $"{mount.MountPoint} {mount.Encrypted}"));
        Assert.Equal(["/dev/dm-1 True", "/dev/vda False", "/dev/zram0 True", "/swap.img "], spec.Swap!.Select(area => $"{area.Device} {area.Encrypted}"));
        Assert.Equal(["data file 4", "swap random 3", "vda3_crypt asked 2"], spec.Table!.Select(entry => $"{entry.Key} {entry.Value} {entry.Line}"));
        Assert.Null(problems);
    }

    [Fact]
    public void Read_DevicesThatStandOnThemselves_HaveAnEnd()
    {
        _tree.File("/sys/block/dm-0/dm/uuid", "LVM-x\n").Link("/sys/block/dm-0/slaves/dm-0", "../../dm-0").Link("/sys/dev/block/253:0", "../../block/dm-0")
            .File("/proc/1/mountinfo", "1 0 253:0 / / rw - ext4 /dev/dm-0 rw\n");

        Assert.False(Assert.Single(Read().Spec.Mounts!).Encrypted);
    }

    [Fact]
    public void Read_ThisMachine_MountsAreThoseOnDisks()
    {
        (DiskEncryptionSpec? spec, _) = SensorScan.OfMachine(new DiskEncryptionSensor(), HostDataJsonContext.Readable.DiskEncryptionSpec);
        string[] asked = AdministratorTool.Lines("findmnt", "-rnN", "1", "-o", "MAJ:MIN,TARGET");

        Assert.Empty(spec!.Mounts!.Select(mount => mount.MountPoint!).Except(asked.Where(row => !row.StartsWith("0:", StringComparison.Ordinal)).Select(row => row.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries)[1])));
        Assert.Contains("/", spec.Mounts!.Select(mount => mount.MountPoint));
    }

    private (DiskEncryptionSpec Spec, string? Problems) Read()
    {
        (DiskEncryptionSpec? spec, string? problems) = SensorScan.Of(new DiskEncryptionSensor(), HostDataJsonContext.Readable.DiskEncryptionSpec, _tree);
        return (spec!, problems);
    }
}
