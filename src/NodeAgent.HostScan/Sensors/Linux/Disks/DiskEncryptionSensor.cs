// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Disks;

/// <summary>Whether what is on the disks can be read by who has the disks. Source: Documentation/ABI/testing/sysfs-block-dm, crypttab(5), proc_swaps(5).</summary>
internal sealed class DiskEncryptionSensor() : HostSensor<DiskEncryptionSpec>(HostDataJsonContext.Readable.DiskEncryptionSpec)
{
    private const string Blocks = "/sys/block";
    private const string Crypttab = "/etc/crypttab";
    private const int MaxDepth = 8;
    private const int MaxMounts = 1024;

    public override string Kind => "DiskEncryption";

    public override string Variable => "encryption";

    protected override DiskEncryptionSpec? Read(SensorRun run)
    {
        IEnumerable<MountRow> mounts = (MountRow.ReadAll(run) ?? []).Where(row => !row.DeviceNumber.StartsWith("0:", StringComparison.Ordinal))
            .GroupBy(row => row.MountPoint, StringComparer.Ordinal).Select(point => point.Last()).OrderBy(row => row.MountPoint, StringComparer.Ordinal);
        return new DiskEncryptionSpec
        {
            Volumes = [.. Volumes(run)],
            Mounts = [.. mounts.Take(MaxMounts).Select(row => new DiskMount { MountPoint = row.MountPoint, Device = row.Device, Encrypted = IsEncrypted(run.Root, "/sys/dev/block/" + row.DeviceNumber, 0) })],
            Swap = [.. Swap(run)],
            Table = Table(run),
            NodeName = run.NodeName,
        };
    }

    // Shape: CRYPT-LUKS2-UUID-NAME.
    private static IEnumerable<EncryptedVolume> Volumes(SensorRun run) =>
        run.List(Blocks).Where(name => name.StartsWith("dm-", StringComparison.Ordinal))
            .Select(name => (Name: name, Id: run.Root.ReadLine($"{Blocks}/{name}/dm/uuid")?.Split('-') ?? []))
            .Where(block => block.Id is ["CRYPT", _, ..])
            .Select(block => new EncryptedVolume
            {
                Name = run.Root.ReadLine($"{Blocks}/{block.Name}/dm/name") ?? block.Name,
                Format = block.Id[1],
                Devices = [.. run.List($"{Blocks}/{block.Name}/slaves")],
            })
            .OrderBy(volume => volume.Name, StringComparer.Ordinal);

    // A volume on an encrypted one (LVM on LUKS) is encrypted if all below it are; a partition is not more than its disk.
    private static bool IsEncrypted(HostRoot root, string device, int depth)
    {
        if (root.ReadLine(device + "/dm/uuid") is { } id && id.StartsWith("CRYPT-", StringComparison.Ordinal))
        {
            return true;
        }

        root.List(device + "/slaves", 256, out IReadOnlyList<string> below);
        return below.Count > 0 && depth < MaxDepth && below.All(name => IsEncrypted(root, $"{device}/slaves/{name}", depth + 1));
    }

    // Shape: FILENAME TYPE SIZE USED PRIORITY after a headline.
    private static IEnumerable<SwapArea> Swap(SensorRun run) =>
        run.Read("/proc/swaps", 64 << 10).Lines.Skip(1).Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length >= 3)
            .Select(fields => new SwapArea { Device = fields[0], Type = fields[1], Encrypted = fields[1] == "partition" ? IsSwapEncrypted(run.Root, fields[0]) : null })
            .OrderBy(area => area.Device, StringComparer.Ordinal);

    private static bool? IsSwapEncrypted(HostRoot root, string device)
    {
        string name = device[(device.LastIndexOf('/') + 1)..];
        if (name.StartsWith("zram", StringComparison.Ordinal))
        {
            return true;
        }

        string block = "/sys/class/block/" + name;
        return root.Exists(block) ? IsEncrypted(root, block, 0) : null;
    }

    // Shape: NAME DEVICE KEY OPTIONS.
    private static IReadOnlyList<HostSetting> Table(SensorRun run)
    {
        var entries = new List<HostSetting>();
        string[] lines = run.Read(Crypttab, 256 << 10).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            string[] fields = lines[number - 1].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 2 && fields[0][0] != '#')
            {
                string key = fields.Length > 2 ? fields[2] : "none";
                entries.Add(Setting.Of(fields[0], key switch { "none" or "-" => "asked", "/dev/urandom" or "/dev/random" or "/dev/hw_random" => "random", _ => "file" }, Crypttab, number));
            }
        }

        return Setting.Sorted(entries);
    }
}
