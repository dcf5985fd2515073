// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Platform;

/// <summary>Flaws of the processor, and what the machine is. Source: Documentation/ABI/testing/sysfs-devices-system-cpu, sysfs-class-dmi.</summary>
internal sealed class FirmwareSensor() : HostSensor<FirmwareStatusSpec>(HostDataJsonContext.Readable.FirmwareStatusSpec)
{
    private const string Vulnerabilities = "/sys/devices/system/cpu/vulnerabilities";
    private const string Dmi = "/sys/class/dmi/id/";
    private const int MaxProcessorBytes = 4 << 20;

    private static readonly string[] MachineNames = ["bios_date", "bios_release", "bios_vendor", "bios_version", "board_name", "board_vendor", "product_name", "sys_vendor"];

    public override string Kind => "FirmwareStatus";

    public override string Variable => "firmware";

    protected override FirmwareStatusSpec? Read(SensorRun run)
    {
        HostFileBytes processors = run.Read("/proc/cpuinfo", MaxProcessorBytes);
        return new FirmwareStatusSpec
        {
            Vulnerabilities = run.Root.Exists(Vulnerabilities) ? Files(run.Root, Vulnerabilities + "/", run.List(Vulnerabilities)) : null,
            Microcode = Values(processors, "microcode") is { Length: > 0 } microcode ? microcode : null,
            ProcessorModel = Values(processors, "model name") is { Length: > 0 } model ? model : null,
            Machine = Files(run.Root, Dmi, MachineNames),
            Settings = Setting.Sorted(Settings(run)),
            NodeName = run.NodeName,
        };
    }

    private static IReadOnlyList<HostSetting> Files(HostRoot root, string folder, IEnumerable<string> names) =>
        Setting.Sorted(names.Select(name => (Name: name, Value: root.ReadLine(folder + name))).Where(file => file.Value is not null).Select(file => Setting.Of(file.Name, file.Value!, folder + file.Name)));

    // Shape: NAME : VALUE, for each core.
    private static string Values(in HostFileBytes file, string name)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        ReadOnlySpan<char> text = file.Text;
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim().SequenceEqual(name) && values.Count < 16)
            {
                values.Add(line[(colon + 1)..].Trim().ToString());
            }
        }

        return string.Join(", ", values);
    }

    private static IEnumerable<HostSetting> Settings(SensorRun run)
    {
        const string threads = "/sys/devices/system/cpu/smt/control";
        const string tpm = "/sys/class/tpm/tpm0/tpm_version_major";
        const string iommu = "/sys/class/iommu";
        if (run.Root.ReadLine(threads) is { Length: > 0 } smt)
        {
            yield return Setting.Of("smt", smt, threads);
        }

        if (run.Root.ReadLine(tpm) is { Length: > 0 } version)
        {
            yield return Setting.Of("tpm", version, tpm);
        }

        if (run.Root.Exists("/sys/class"))
        {
            yield return Setting.Of("iommu", run.List(iommu).Count > 0, iommu);
        }
    }
}
