// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Platform;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Platform;

public sealed class FirmwareSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Machine_TellsFlawsAndNoSerialNumbers()
    {
        _tree.File("/sys/devices/system/cpu/vulnerabilities/mds", "Vulnerable: Clear CPU buffers attempted, no microcode\n").File("/sys/devices/system/cpu/vulnerabilities/l1tf", "Not affected\n")
            .File("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A CPU\nmicrocode\t: 0x2\n\nprocessor\t: 1\nmodel name\t: A CPU\nmicrocode\t: 0x1\n")
            .File("/sys/class/dmi/id/bios_version", "1.2\n").File("/sys/class/dmi/id/product_serial", "canary\n").File("/sys/class/dmi/id/product_uuid", "canary\n")
            .File("/sys/devices/system/cpu/smt/control", "on\n").File("/sys/class/tpm/tpm0/tpm_version_major", "2\n").File("/sys/class/iommu/dmar0/x", "");

        FirmwareStatusSpec spec = Read();

        Assert.Equal(["l1tf Not affected", "mds Vulnerable: Clear CPU buffers attempted, no microcode"], spec.Vulnerabilities!.Select(flaw => $"{flaw.Key} {flaw.Value}"));
        Assert.Equal(("0x1, 0x2", "A CPU"), (spec.Microcode, spec.ProcessorModel));
        Assert.Equal(["bios_version 1.2 /sys/class/dmi/id/bios_version"], spec.Machine!.Select(setting => $"{setting.Key} {setting.Value} {setting.Source}"));
        Assert.Equal(["iommu True", "smt on", "tpm 2"], spec.Settings!.Select(setting => $"{setting.Key} {setting.Value}"));
    }

    [Fact]
    public void Read_MachineThatSaysNothing_IsNotKnown()
    {
        FirmwareStatusSpec spec = Read();

        Assert.Null(spec.Vulnerabilities);
        Assert.Null(spec.Microcode);
        Assert.Empty(spec.Machine!);
    }

    [Fact]
    public void Read_ThisMachine_EqualsTheFilesAndLscpu()
    {
        (FirmwareStatusSpec? spec, _) = SensorScan.OfMachine(new FirmwareSensor(), HostDataJsonContext.Readable.FirmwareStatusSpec);
        string[] lines = AdministratorTool.Lines("lscpu");

        // Shape of lscpu: Vulnerability Mds: Not affected; it writes the first colon of a text as a semicolon.
        Assert.Equal(
            lines.Where(line => line.TrimStart().StartsWith("Vulnerability ", StringComparison.Ordinal)).Select(line => Plain(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..])).Order(StringComparer.Ordinal),
            spec!.Vulnerabilities!.Select(flaw => Plain(flaw.Value!.Value.GetString()!)).Order(StringComparer.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Model name:", StringComparison.Ordinal) && line.EndsWith(spec.ProcessorModel!, StringComparison.Ordinal));
    }

    private static string Plain(string text) => string.Concat(text.Where(letter => letter is not (':' or ';' or ' ')));

    private FirmwareStatusSpec Read() => SensorScan.Of(new FirmwareSensor(), HostDataJsonContext.Readable.FirmwareStatusSpec, _tree).Spec!;
}
