// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;

namespace NodeAgent.Storage.Resources.Kinds;

internal static partial class HostDataKinds
{
    private static ResourceDefinition[] Linux =>
    [
        Kind("DiskEncryption", "diskencryptions", HostDataJsonContext.Readable.HostDataObjectDiskEncryptionSpec),
        Kind("FirmwareStatus", "firmwarestatuses", HostDataJsonContext.Readable.HostDataObjectFirmwareStatusSpec),
        Kind("HostFilePermissions", "hostfilepermissions", HostDataJsonContext.Readable.HostDataObjectHostFilePermissionsSpec),
        Kind("HostMounts", "hostmounts", HostDataJsonContext.Readable.HostDataObjectHostMountsSpec),
        Kind("HostUsers", "hostusers", HostDataJsonContext.Readable.HostDataObjectHostUsersSpec),
        Kind("KernelModules", "kernelmodules", HostDataJsonContext.Readable.HostDataObjectKernelModulesSpec),
        Kind("PackageSummary", "packagesummaries", HostDataJsonContext.Readable.HostDataObjectPackageSummarySpec),
        Kind("ScheduledTasks", "scheduledtasks", HostDataJsonContext.Readable.HostDataObjectScheduledTasksSpec),
        Kind("SshdSettings", "sshdsettings", HostDataJsonContext.Readable.HostDataObjectSshdSettingsSpec),
        Kind("SudoRules", "sudorules", HostDataJsonContext.Readable.HostDataObjectSudoRulesSpec),
        Kind("TimeSynchronisation", "timesynchronisations", HostDataJsonContext.Readable.HostDataObjectTimeSynchronisationSpec),
    ];
}
