// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux.Disks;

/// <summary>What is mounted, and with which options.</summary>
internal sealed class HostMountsSensor() : HostSensor<HostMountsSpec>(HostDataJsonContext.Readable.HostMountsSpec)
{
    private const int MaxMounts = 2048;

    // Layers are of an image and change with it; descriptors with each start; the others are credentials.
    private static readonly string[] Untold = ["lowerdir", "upperdir", "workdir", "fd", "pipe_ino", "password", "pass", "password2", "secret", "credentials", "cred", "key"];

    public override string Kind => "HostMounts";

    public override string Variable => "mounts";

    protected override HostMountsSpec? Read(SensorRun run)
    {
        if (MountRow.ReadAll(run) is not { } rows)
        {
            return null;
        }

        var visible = rows.GroupBy(row => row.MountPoint, StringComparer.Ordinal).OrderBy(point => point.Key, StringComparer.Ordinal).Select(point => point.Last()).ToList();
        if (visible.Count > MaxMounts)
        {
            run.Problem($"{visible.Count} mounts, only {MaxMounts} are told");
        }

        return new HostMountsSpec { Mounts = [.. visible.Take(MaxMounts).Select(Described)], NodeName = run.NodeName };
    }

    private static HostMount Described(MountRow row) => new()
    {
        MountPoint = row.MountPoint,
        Root = row.Root == "/" ? null : row.Root,
        Device = row.Device,
        FileSystem = row.FileSystem,
        Options = Split(row.Options),
        FileSystemOptions = Split(row.FileSystemOptions),
        Source = MountRow.Table,
    };

    private static string[] Split(string options) =>
        [.. options.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(option => !Untold.Contains(option.Split('=')[0].TrimEnd('+'))).Order(StringComparer.Ordinal)];
}
