// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Sensors.Linux.Accounts;
using NodeAgent.HostScan.Sensors.Linux.Disks;
using NodeAgent.HostScan.Sensors.Linux.Files;
using NodeAgent.HostScan.Sensors.Linux.Kernel;
using NodeAgent.HostScan.Sensors.Linux.Platform;
using NodeAgent.HostScan.Sensors.Linux.Ports;
using NodeAgent.HostScan.Sensors.Linux.Sshd;
using NodeAgent.HostScan.Sensors.Linux.Sudo;
using NodeAgent.HostScan.Sensors.Linux.Tasks;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Sensors of what every Linux has, in the order in which a report shows them.</summary>
internal static class LinuxSensors
{
    public static IReadOnlyList<HostSensor> All { get; } =
    [
        new OsReleaseSensor(),
        new KernelVersionSensor(),
        new KernelVariablesSensor(),
        new LinuxSecuritySensor(),
        new KernelModulesSensor(),
        new OpenPortsSensor(),
        new HostMountsSensor(),
        new FilePermissionsSensor(),
        new HostUsersSensor(),
        new SshdSensor(),
        new SudoSensor(),
        new ScheduledTasksSensor(),
        new PackagesSensor(),
        new TimeSensor(),
        new DiskEncryptionSensor(),
        new FirmwareSensor(),
    ];
}
