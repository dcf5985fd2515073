// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScanning.Witnesses;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.HostScanning;

/// <summary>Changes of the node as alerts: with who made them where that was seen or the document says it, else of the node's own workload.</summary>
internal static class DriftAlerts
{
    private const string Description = "Something that bears on the node's security is not as it was at the scan before.";
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <param name="account">Who did it; null = nobody was seen.</param>
    /// <param name="number">Of the baseline that the changes lead to: told again after a crash, an alert has the same id.</param>
    public static RuntimeAlerts Of(DriftFinding finding, WitnessAccount? account, HostScanOptions options, DateTimeOffset time, long number)
    {
        RuntimeAlerts told = Of(finding, options, time, number);
        return account is null ? OfDocument(told, finding) : OfWitness(told, account);
    }

    // What is told once more after a crash has the same id, whether or not anybody was seen then.
    private static RuntimeAlerts Of(DriftFinding finding, HostScanOptions options, DateTimeOffset time, long number)
    {
        string name = ContainerNaming.Sanitise(options.NodeName);
        string identity = string.Join('\n', finding.Rule.Place, finding.Key, finding.Change, finding.After);
        long unixNs = (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var alert = new RuntimeAlert
        {
            AlertName = finding.Rule.Name,
            Arguments = DriftDetails.Arguments(finding) with
            {
                Message = finding.Message,
                AlertId = AlertParts.Id(string.Join('\n', options.NodeName, finding.Rule.Id, identity, finding.Before, number.ToString(CultureInfo.InvariantCulture))),
            },
            Severity = finding.Rule.Severity,
            Timestamp = WallClock.TextOf(unixNs),
            Nanoseconds = unixNs % NanosecondsPerSecond,
            UniqueId = AlertParts.Id(identity),
            AgentVersion = options.AgentVersion,
            RuleDescription = Description,
            ClusterName = options.ClusterName,
            Namespace = ContainerNaming.StandaloneNamespace,
            NodeName = options.NodeName,
            HostName = Environment.MachineName,
            WorkloadKind = UnitKind.Host.ToString(),
            WorkloadName = name,
            WorkloadNamespace = ContainerNaming.StandaloneNamespace,
            RuleId = finding.Rule.Id,
            Message = finding.Message,
        };
        return new RuntimeAlerts { Metadata = new AlertMetadata(name, ContainerNaming.StandaloneNamespace), Spec = new RuntimeAlertsSpec { Alerts = [alert] } };
    }

    private static RuntimeAlerts OfWitness(RuntimeAlerts told, WitnessAccount account)
    {
        ContainerIdentity unit = account.Unit.Identity;
        RuntimeAlert alert = told.Spec.Alerts[0];
        string message = $"{alert.Message}, by {account.Comm} ({account.ExePath ?? "?"}, pid {account.Pid.ToString(CultureInfo.InvariantCulture)})";

        // A node's own unit is no workload of its own here: it is the node that is not as it was.
        alert = (unit.Kind == UnitKind.Container ? AlertParts.Of(alert, unit) : alert) with
        {
            Arguments = alert.Arguments with
            {
                Message = message,
                ExePath = account.ExePath,
                CgroupPath = unit.Kind != UnitKind.Container && account.Unit.CgroupPath.Length > 0 ? account.Unit.CgroupPath : null,
            },
            Message = message,
            InfectedPid = account.Pid,
            ProcessTreeUniqueId = account.Tree.UniqueId,
            Identifiers = new AlertIdentifiers { Process = new AlertProcessIdentifier(account.Comm, account.CommandLine) },
            RecentEvents = [account.Act],
        };
        return told with { Spec = told.Spec with { Alerts = [alert], ProcessTree = account.Tree } };
    }

    private static RuntimeAlerts OfDocument(RuntimeAlerts told, DriftFinding finding)
    {
        JsonElement? process = DriftDetails.ProcessOf(finding);
        uint pid = DriftDetails.PidOf(process);
        if (pid == 0)
        {
            return told;
        }

        string? container = DriftDetails.Text(process, "containerId");
        var root = new AlertProcess { Pid = pid, Comm = DriftDetails.Text(process, "name"), Path = DriftDetails.Text(process, "executable") };
        RuntimeAlert alert = told.Spec.Alerts[0];
        alert = alert with
        {
            Arguments = alert.Arguments with { ExePath = root.Path },
            InfectedPid = pid,
            ProcessTreeUniqueId = pid,
            Identifiers = new AlertIdentifiers { Process = new AlertProcessIdentifier(root.Comm ?? string.Empty, null) },
            ContainerId = container,
        };
        return told with { Spec = told.Spec with { Alerts = [alert], ProcessTree = new AlertProcessTree { Root = root, UniqueId = pid, ContainerId = container } } };
    }
}
