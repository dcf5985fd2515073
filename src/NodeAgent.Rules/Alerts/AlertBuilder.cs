// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Alerts;

/// <summary>Puts an alert together from the rule, what it says, and what is known of who did it.</summary>
internal sealed class AlertBuilder(AlertOrigin origin, WallClock clock, int maxProcessTreeDepth, IPeerNames? peers = null)
{
    private readonly ProcessTree _tree = new(clock, maxProcessTreeDepth);

    /// <param name="before">What the process did before; null = nothing is known of it.</param>
    public RuntimeAlerts Build(
        RuleDescriptor rule, AlertFacts facts, in HeaderRecord header, RuleContext context, UInt128 uniqueId, bool failedOnProfile, IReadOnlyList<AlertEvent>? before = null)
    {
        ContainerIdentity unit = context.Container.Identity;
        AlertArguments arguments = Complete(facts, context, rule, header, uniqueId);
        AlertProcessTree? tree = header.Pid == 0 ? null : _tree.Build(context.Process, context.Container, facts.Arguments);
        RuntimeAlert alert = Identify(Blank(), unit) with
        {
            AlertName = rule.Name,
            Arguments = arguments,
            InfectedPid = header.Pid,
            ProcessTreeUniqueId = tree?.UniqueId ?? 0,
            Severity = rule.Severity,
            Timestamp = clock.ToText(header.TimeNs),
            Nanoseconds = clock.Nanoseconds(header.TimeNs),
            UniqueId = Hex(uniqueId),
            ProfileMetadata = DescribeProfile(rule, context, failedOnProfile),
            Identifiers = Identify(facts, header, context.Process),
            RuleDescription = rule.Description,
            RuleId = rule.Id,
            IsTriggerAlert = rule.IsTriggerAlert,
            Message = facts.Message,
            RecentEvents = before,
        };
        alert = facts.Admission is { } admission ? AdmissionFacts.Add(alert, admission) : alert;
        return new RuntimeAlerts
        {
            Metadata = Metadata(unit, context.Container),
            Spec = new RuntimeAlertsSpec { Alerts = [alert], ProcessTree = tree, CloudMetadata = origin.Cloud },
            File = FileOf(facts.File, context),
        };
    }

    /// <summary>The alert that tells how often something went on after it was reported.</summary>
    /// <param name="template">The alert of the first repeat.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="firstNs">Units: boot ns of the first repeat.</param>
    /// <param name="lastNs">Units: boot ns of the last one.</param>
    public RuntimeAlerts Summarise(RuntimeAlerts template, long repeats, ulong firstNs, ulong lastNs)
    {
        RuntimeAlert first = template.Spec.Alerts[0];
        RuntimeAlert summary = first with
        {
            Timestamp = clock.ToText(lastNs),
            Nanoseconds = clock.Nanoseconds(lastNs),
            Arguments = first.Arguments with
            {
                AlertId = AlertId(first.RuleId, first.UniqueId, first.Arguments.AlertId, lastNs, repeats),
                RepeatCount = repeats,
                FirstTime = clock.ToText(firstNs),
                LastTime = clock.ToText(lastNs),
            },
        };
        return template with { Spec = template.Spec with { Alerts = [summary] } };
    }

    // What has no absolute path (a memfd, a pipe) is no file that could be read, and what the kernel makes up has no contents of its own.
    private static AlertedFile? FileOf(string? about, RuleContext context) =>
        (IsKernels(about) ? context.Process.ExePath : about ?? context.Process.ExePath) is ['/', ..] path && context.Process.Pid != 0
            ? new AlertedFile(path, context.Process.Pid, context.Process.Key.StartTimeNs, context.Container.CgroupId, context.Container.CgroupPath)
            : null;

    private static bool IsKernels(string? path) =>
        path is not null && (path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal));

    private AlertArguments Complete(
        AlertFacts facts, RuleContext context, RuleDescriptor rule, in HeaderRecord header, UInt128 uniqueId) =>
        facts.Arguments with
        {
            ApChecksum = context.TryGetProfile(out ProfileView? profile) ? profile.Checksum : string.Empty,
            Message = facts.Message,
            AlertId = AlertId(rule.Id, Hex(uniqueId), context.Container.Identity.ContainerId, header.TimeNs, context.Container.CgroupId),
            Peer = PeerOf(facts.Arguments, header.TimeNs),
            CgroupPath = context.Container.Identity.ContainerId.Length == 0 ? Known(context.Container.CgroupPath) : null,
        };

    public bool KnowsPeers => peers is not null;

    /// <param name="timeNs">Units: boot ns of the event.</param>
    public AlertPeer? PeerOf(AlertArguments arguments, ulong timeNs) =>
        peers is not null && arguments.Ip is { } ip && NetAddress.TryParse(ip, out NetAddress address)
            ? peers.Find(address, (ushort)(arguments.Port ?? 0), ProtocolOf(arguments), timeNs)
            : null;

    /// <summary>An alert that did not leave yet, with who the other end was as far as it is known now.</summary>
    public RuntimeAlerts WithPeer(RuntimeAlerts alert, ulong timeNs)
    {
        RuntimeAlert first = alert.Spec.Alerts[0];
        return alert with { Spec = alert.Spec with { Alerts = [first with { Arguments = first.Arguments with { Peer = PeerOf(first.Arguments, timeNs) } }] } };
    }

    public static TransportProtocol ProtocolOf(AlertArguments arguments) =>
        arguments.Proto == "UDP" ? TransportProtocol.Udp : arguments.Proto == "SCTP" ? TransportProtocol.Sctp : TransportProtocol.Tcp;

    /// <summary>An alert that left already, with what is known now of whose it is. Its id and all else stay.</summary>
    /// <param name="isNews">False: it did not leave yet, so it is no correction.</param>
    public RuntimeAlerts Enrich(RuntimeAlerts sent, ContainerInfo container, bool isNews = true)
    {
        ContainerIdentity unit = container.Identity;
        RuntimeAlert alert = sent.Spec.Alerts[0];
        RuntimeAlert enriched = Identify(alert, unit) with
        {
            Arguments = alert.Arguments with { Enriched = isNews ? true : null, CgroupPath = unit.ContainerId.Length == 0 ? alert.Arguments.CgroupPath : null },
        };
        AlertProcessTree? tree = sent.Spec.ProcessTree is { } known ? known with { ContainerId = Known(unit.ContainerId) } : null;
        return sent with { Metadata = Metadata(unit, container), Spec = sent.Spec with { Alerts = [enriched], ProcessTree = tree } };
    }

    private AlertMetadata Metadata(ContainerIdentity unit, ContainerInfo container) =>
        new(NameOf(unit, container), Known(unit.PodNamespace) ?? Known(unit.Workload.Namespace));

    private RuntimeAlert Blank() => new()
    {
        AlertName = string.Empty,
        Arguments = new AlertArguments(),
        Timestamp = string.Empty,
        UniqueId = string.Empty,
        RuleId = string.Empty,
        Message = string.Empty,
        AgentVersion = origin.AgentVersion,
        ClusterName = origin.ClusterName,
        ClusterUid = origin.ClusterUid,
        NodeName = origin.NodeName,
        HostName = origin.HostName,
    };

    internal static RuntimeAlert Identify(RuntimeAlert alert, ContainerIdentity unit) => alert with
    {
        ContainerName = Known(unit.ContainerName),
        ContainerId = Known(unit.ContainerId),
        HostNetwork = unit.HostNetwork,
        Image = Known(unit.Image),
        ImageDigest = Known(unit.ImageDigest),
        Namespace = Known(unit.PodNamespace) ?? Known(unit.Workload.Namespace),
        PodName = Known(unit.PodName),
        PodNamespace = Known(unit.PodNamespace),
        PodUid = Known(unit.PodUid),
        PodLabels = unit.PodLabels.Count == 0 ? null : unit.PodLabels,
        WorkloadName = Known(unit.Workload.Name),
        WorkloadNamespace = Known(unit.Workload.Namespace),
        WorkloadKind = Known(unit.Workload.Kind),
        WorkloadUid = Known(unit.Workload.Uid),
        ServiceAccount = Known(unit.ServiceAccount),
    };

    private static AlertProfileMetadata DescribeProfile(RuleDescriptor rule, RuleContext context, bool failedOnProfile)
    {
        bool found = context.TryGetProfile(out ProfileView? profile);
        return new AlertProfileMetadata
        {
            Status = found ? profile!.Status : null,
            Completion = found ? profile!.Completion : null,
            Name = found ? profile!.Name : null,
            FailOnProfile = failedOnProfile,
            ProfileDependency = (int)rule.ProfileDependency,
        };
    }

    private static AlertIdentifiers Identify(AlertFacts facts, in HeaderRecord header, ProcessInfo process)
    {
        string name = CommText.Decode(in header.Comm);
        string? commandLine = BoundedText.CommandLine(facts.Arguments.Args ?? process.Argv);
        return (facts.Identifiers ?? new AlertIdentifiers()) with { Process = new AlertProcessIdentifier(name, commandLine) };
    }

    private string NameOf(ContainerIdentity unit, ContainerInfo container) =>
        Known(unit.PodName) ?? Known(unit.ContainerName) ?? Known(unit.Workload.Name) ?? Known(container.CgroupPath) ?? origin.NodeName;

    /// <summary>The same input gives the same id: whoever receives a notification twice can tell.</summary>
    private string AlertId(string ruleId, string uniqueId, string? scope, ulong timeNs, IFormattable count)
    {
        string text = string.Join('\n', origin.NodeName, ruleId, uniqueId, scope, timeNs.ToString(null, null), count.ToString(null, null));
        return Hex(Digest(text));
    }

    /// <summary>The first half of a text's SHA-256.</summary>
    internal static UInt128 Digest(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    internal static string Hex(UInt128 value) => value.ToString("x32", null);

    private static string? Known(string text) => text.Length == 0 ? null : text;
}
