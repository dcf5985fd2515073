// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Events.Identity;
using NodeAgent.HostScan.Drift;

namespace NodeAgent.HostScanning;

/// <summary>Changes of the node as alerts: of the node's own workload, with the process and container where the document names them.</summary>
internal static class DriftAlerts
{
    private const string Description = "Something that bears on the node's security is not as it was at the scan before.";

    /// <param name="number">Of the baseline that the changes lead to: told again after a crash, an alert has the same id.</param>
    public static RuntimeAlerts Of(DriftFinding finding, HostScanOptions options, DateTimeOffset time, long number)
    {
        string name = ContainerNaming.Sanitise(options.NodeName);
        JsonElement? process = DriftDetails.ProcessOf(finding);
        uint pid = DriftDetails.PidOf(process);
        string identity = string.Join('\n', finding.Rule.Place, finding.Key, finding.Change, finding.After);
        AlertProcess? root = pid == 0 ? null : new AlertProcess { Pid = pid, Comm = DriftDetails.Text(process, "name"), Path = DriftDetails.Text(process, "executable") };
        string? container = DriftDetails.Text(process, "containerId");
        var alert = new RuntimeAlert
        {
            AlertName = finding.Rule.Name,
            Arguments = DriftDetails.Arguments(finding, process) with
            {
                Message = finding.Message,
                AlertId = Hex(string.Join('\n', options.NodeName, finding.Rule.Id, identity, finding.Before, number.ToString(CultureInfo.InvariantCulture))),
            },
            InfectedPid = pid,
            ProcessTreeUniqueId = pid,
            Severity = finding.Rule.Severity,
            Timestamp = string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss}.{NanosecondsOf(time):D9}Z"),
            Nanoseconds = NanosecondsOf(time),
            UniqueId = Hex(identity),
            Identifiers = root is null ? null : new AlertIdentifiers { Process = new AlertProcessIdentifier(root.Comm ?? string.Empty, null) },
            AgentVersion = options.AgentVersion,
            RuleDescription = Description,
            ClusterName = options.ClusterName,
            ContainerId = container,
            Namespace = ContainerNaming.StandaloneNamespace,
            NodeName = options.NodeName,
            HostName = Environment.MachineName,
            WorkloadKind = UnitKind.Host.ToString(),
            WorkloadName = name,
            WorkloadNamespace = ContainerNaming.StandaloneNamespace,
            RuleId = finding.Rule.Id,
            Message = finding.Message,
        };
        return new RuntimeAlerts
        {
            Metadata = new AlertMetadata(name, ContainerNaming.StandaloneNamespace),
            Spec = new RuntimeAlertsSpec { Alerts = [alert], ProcessTree = root is null ? null : new AlertProcessTree { Root = root, UniqueId = pid, ContainerId = container } },
        };
    }

    private static long NanosecondsOf(DateTimeOffset time) => time.UtcTicks % TimeSpan.TicksPerSecond * 100;

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
