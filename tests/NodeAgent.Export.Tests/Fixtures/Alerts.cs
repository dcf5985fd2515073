// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;

namespace NodeAgent.Export.Tests.Fixtures;

internal static class Alerts
{
    public static RuntimeAlerts One(string message = "an alert", string id = "id", string rule = "R0001", int severity = 5, string? container = null) => new()
    {
        Metadata = new AlertMetadata("web", "default"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts =
            [
                new RuntimeAlert
                {
                    AlertName = "n",
                    Arguments = new AlertArguments { Message = message, AlertId = id },
                    Timestamp = "2026-08-22T10:00:00Z",
                    UniqueId = "u",
                    RuleId = rule,
                    Message = message,
                    Severity = severity,
                    ContainerName = container,
                    ContainerId = container,
                    NodeName = "node-1",
                    Namespace = "default",
                },
            ],
        },
    };

    public static AlertMessage Message(string message = "an alert") => Message(One(message));

    public static AlertMessage Message(RuntimeAlerts alert) => new(alert, AlertJson.ToLine(alert));

    public static AlertMessage Numbered(int number) => Message(One($"m{number}", $"id-{number}"));

    public static string MessageOf(string line) =>
        AlertJson.Parse(System.Text.Encoding.UTF8.GetBytes(line)).Spec.Alerts[0].Message;

    public static string IdOf(AlertMessage message) => message.Alert.Spec.Alerts[0].Arguments.AlertId!;

    /// <summary>An alert about an exec that somebody asked the API server for.</summary>
    public static RuntimeAlerts Admission(string text = "text")
    {
        RuntimeAlerts one = One($"message {text}", rule: "R2000");
        RuntimeAlert alert = one.Spec.Alerts[0] with
        {
            AlertType = 2,
            PodName = $"web {text}",
            Arguments = one.Spec.Alerts[0].Arguments with { Args = ["sh", text] },
            Identifiers = new AlertIdentifiers { Process = new AlertProcessIdentifier(string.Empty, $"sh {text}") },
            Kind = new AlertGroupVersionKind(string.Empty, "v1", "PodExecOptions"),
            RequestNamespace = $"shop {text}",
            ObjectName = $"web {text}",
            Resource = new AlertGroupVersionResource(string.Empty, "v1", "pods"),
            Subresource = "exec",
            Operation = "CONNECT",
            Object = new AlertRequestObject { Kind = "PodExecOptions", ApiVersion = "v1", Container = text, Command = ["sh", text], Tty = true },
            UserInfo = new AlertUserInfo($"jane {text}", $"uid {text}", ["dev", text]),
        };
        return one with { Spec = one.Spec with { Alerts = [alert] } };
    }

    /// <summary>An alert in which every member says something.</summary>
    public static RuntimeAlerts Full(string text = "text") => new()
    {
        Metadata = new AlertMetadata("web-7d9", "shop"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts =
            [
                new RuntimeAlert
                {
                    AlertName = $"name {text}",
                    Arguments = new AlertArguments
                    {
                        ApChecksum = "c0ffee",
                        Message = $"message {text}",
                        AlertId = "0123456789abcdef0123456789abcdef",
                        Exec = $"/bin/{text}",
                        Args = [$"/bin/{text}", text],
                        Path = $"/etc/{text}",
                        Flags = ["O_RDONLY"],
                        Ip = "192.0.2.7",
                        Port = 4444,
                        Proto = "TCP",
                        Domain = $"{text}.example.",
                        Addresses = ["192.0.2.7"],
                        Errno = 2,
                        FileHash = new AlertFileHash($"/etc/{text}", new string('0', 64), 7),
                        CgroupPath = $"/kubepods/{text}",
                        RepeatCount = 3,
                        FirstTime = "2026-08-22T10:00:00.000000001Z",
                        LastTime = "2026-08-22T10:05:00.000000001Z",
                    },
                    InfectedPid = 4711,
                    ProcessTreeUniqueId = 99,
                    Md5Hash = "d41d8cd98f00b204e9800998ecf8427e",
                    Sha1Hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                    Severity = 8,
                    Timestamp = "2026-08-22T10:05:00.000000001Z",
                    Nanoseconds = 1,
                    UniqueId = "00000000000000000000000000000001",
                    ProfileMetadata = new AlertProfileMetadata { Status = "completed", Completion = "complete", Name = $"replicaset-{text}", FailOnProfile = true },
                    Identifiers = new AlertIdentifiers
                    {
                        Process = new AlertProcessIdentifier($"comm {text}", $"/bin/{text} -x {text}"),
                        File = new AlertFileIdentifier(text, "/etc"),
                        Network = new AlertNetworkIdentifier("192.0.2.7", 4444, "TCP"),
                        Dns = new AlertDnsIdentifier($"{text}.example."),
                    },
                    AgentVersion = "0.1.0",
                    RuleDescription = $"description {text}",
                    ClusterName = $"cluster {text}",
                    ClusterUid = "cluster-uid",
                    ContainerName = $"server {text}",
                    Image = $"registry.example/{text}:1",
                    ImageDigest = "sha256:0000",
                    Namespace = "shop",
                    NodeName = $"node {text}",
                    ContainerId = "00112233",
                    PodName = $"web-{text}",
                    PodNamespace = "shop",
                    PodUid = "pod-uid",
                    PodLabels = new Dictionary<string, string> { ["app"] = $"web {text}", [$"key {text}"] = "v" },
                    WorkloadName = $"web {text}",
                    WorkloadNamespace = "shop",
                    WorkloadKind = "Deployment",
                    WorkloadUid = "workload-uid",
                    ServiceAccount = "web",
                    RuleId = "R0001",
                    IsTriggerAlert = true,
                    HostName = $"host {text}",
                    Message = $"message {text}",
                },
            ],
            ProcessTree = new AlertProcessTree
            {
                UniqueId = 99,
                ContainerId = "00112233",
                Root = new AlertProcess
                {
                    Pid = 100,
                    Ppid = 90,
                    Comm = $"init {text}",
                    Cmdline = $"init {text}",
                    Path = $"/sbin/{text}",
                    StartTime = "2026-08-22T09:00:00Z",
                    ChildrenMap = new Dictionary<string, AlertProcess>
                    {
                        [AlertProcess.ChildKey(text, 4711)] = new AlertProcess { Pid = 4711, Ppid = 100, Comm = text, Cmdline = text, Path = $"/bin/{text}", Cwd = $"/{text}", Uid = 33, Gid = 33, StartTime = "2026-08-22T10:04:59Z" },
                    },
                },
            },
        },
    };
}
