// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Disks;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Disks;

public sealed class HostMountsSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Mounts_AreThoseOfTheHost()
    {
        _tree.File("/proc/1/mountinfo", string.Concat(
            "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard,errors=remount-ro\n",
            "30 22 0:25 / /tmp rw,nosuid,nodev shared:2 - tmpfs tmpfs rw,size=1k\n",
            "31 22 0:26 / /tmp rw,noexec - tmpfs over rw\n",
            "32 22 254:2 /sub\\040dir /mnt/a\\134b\\011c ro master:1 propagate_from:2 - xfs /dev/my\\040disk ro\n",
            "33 22 0:30 / /srv/share rw - cifs //server/x rw,username=u,password=canary,key=canary\n",
            "34 22 0:40 / /var/lib/containerd/io.containerd.runtime.v2.task/k8s.io/x/rootfs rw - overlay overlay rw,lowerdir=/a:/b\n",
            "35 22 0:41 / /var/lib/kubelet/pods/1/volumes/secret rw - tmpfs tmpfs rw\n",
            "36 22 0:4 net:[1] /run/docker/netns/x rw - nsfs nsfs rw\n",
            "37 22 0:42 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c,workdir=/d,index=off\n"));

        (HostMountsSpec? spec, string? problems) = Read();

        Assert.Equal(
            [
                "/ /dev/vda1 ext4 [relatime rw] [discard errors=remount-ro rw] ", "/merged overlay overlay [rw] [index=off rw] ", "/mnt/a\\b\tc /dev/my disk xfs [ro] [ro] /sub dir",
                "/srv/share //server/x cifs [rw] [rw username=u] ", "/tmp over tmpfs [noexec rw] [rw] ",
            ],
            spec!.Mounts!.Select(mount => $"{mount.MountPoint} {mount.Device} {mount.FileSystem} [{string.Join(' ', mount.Options!)}] [{string.Join(' ', mount.FileSystemOptions!)}] {mount.Root}"));
        Assert.Null(problems);
    }

    [Theory]
    [InlineData("22 1 254:1 / /")]
    [InlineData("22 1 254:1 / / rw shared:1 -")]
    [InlineData("- - - - - - -")]
    [InlineData("\\")]
    public void Read_Garbage_IsSaidAndTheRestIsTold(string row)
    {
        _tree.File("/proc/1/mountinfo", $"{row}\n22 1 254:1 / / rw - ext4 /dev/vda1 rw\n");

        (HostMountsSpec? spec, string? problems) = Read();

        Assert.Equal("/", Assert.Single(spec!.Mounts!).MountPoint);
        Assert.Equal("/proc/1/mountinfo: a row that is no mount", problems);
    }

    [Fact]
    public void Read_WithoutTable_SaysSo()
    {
        (HostMountsSpec? spec, string? problems) = Read();

        Assert.Null(spec);
        Assert.Equal("/proc/1/mountinfo is not there or may not be read", problems);
    }

    [Fact]
    public void Read_ThisMachine_EqualsFindmnt()
    {
        (string[] rows, HostMountsSpec? spec) = ([], null);
        string[] before;
        do
        {
            before = AdministratorTool.Lines("findmnt", "-rnN", "1", "-o", "TARGET,FSTYPE,VFS-OPTIONS");
            (spec, _) = SensorScan.OfMachine(new HostMountsSensor(), HostDataJsonContext.Readable.HostMountsSpec);
            rows = AdministratorTool.Lines("findmnt", "-rnN", "1", "-o", "TARGET,FSTYPE,VFS-OPTIONS");
        }
        while (!before.SequenceEqual(rows));

        var told = spec!.Mounts!.Select(mount => $"{mount.MountPoint} {mount.FileSystem} {string.Join(',', mount.Options!)}").ToHashSet();
        IEnumerable<string[]> asked = rows.Select(row => row.Split(' ')).Where(row => row[1] != "nsfs" && !ContainerFolders.Mounts.Any(folder => row[0].StartsWith(folder, StringComparison.Ordinal)));
        var expected = asked.Select(row => $"{row[0]} {row[1]} {string.Join(',', row[2].Split(',').Order(StringComparer.Ordinal))}").ToHashSet();
        Assert.Empty(told.Except(expected));
        Assert.Equal(asked.Select(row => row[0]).Distinct().Order(StringComparer.Ordinal), spec.Mounts!.Select(mount => mount.MountPoint!));
    }

    private (HostMountsSpec?, string?) Read() => SensorScan.Of(new HostMountsSensor(), HostDataJsonContext.Readable.HostMountsSpec, _tree);
}
