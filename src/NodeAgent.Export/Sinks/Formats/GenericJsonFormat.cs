// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A flat document of our own, for receivers that map fields themselves.</summary>
internal sealed class GenericJsonFormat : JsonAlertFormat
{
    public const string SchemaName = "node-agent/alert/v1";

    public override string Name => "json";

    public override string Schema => SchemaName;

    protected override void WriteObject(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        json.WriteStartObject();
        json.WriteString("schema", SchemaName);
        json.WriteString("id", AlertView.IdOf(alert));
        json.Text("uniqueId", alert.UniqueId);
        json.WriteString("time", alert.Timestamp);
        json.WriteNumber("severity", alert.Severity);
        json.WriteString("severityName", AlertView.SeverityWord(alert.Severity));
        json.WriteString("message", alert.Message);
        json.Section("rule", true, () =>
        {
            json.WriteString("id", alert.RuleId);
            json.WriteString("name", alert.AlertName);
            json.Text("description", alert.RuleDescription);
        });
        json.Text("cluster", alert.ClusterName);
        json.Text("node", alert.NodeName);
        json.Text("namespace", alert.Namespace);
        json.Text("pod", alert.PodName);
        json.Text("podUid", alert.PodUid);
        json.Map("podLabels", alert.PodLabels);
        json.Text("workloadKind", alert.WorkloadKind);
        json.Text("workload", alert.WorkloadName);
        json.Text("container", alert.ContainerName);
        json.Text("containerId", alert.ContainerId);
        json.Text("image", alert.Image);
        json.Text("imageDigest", alert.ImageDigest);
        json.Text("serviceAccount", alert.ServiceAccount);
        json.Text("agentVersion", alert.AgentVersion);
        WriteWhat(json, alert);
        WriteProcesses(json, envelope, alert);
        json.Section("profile", alert.ProfileMetadata is not null, () =>
        {
            json.Text("name", alert.ProfileMetadata!.Name);
            json.Text("status", alert.ProfileMetadata.Status);
            json.Text("completion", alert.ProfileMetadata.Completion);
            json.WriteBoolean("failed", alert.ProfileMetadata.FailOnProfile);
        });
        json.WriteEndObject();
    }

    private static void WriteWhat(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.Text("file", AlertView.FilePath(alert));
        json.Texts("flags", alert.Arguments.Flags ?? []);
        json.Text("ip", AlertView.Ip(alert));
        json.Number("port", AlertView.Port(alert));
        json.Text("protocol", AlertView.Protocol(alert));
        json.Text("domain", alert.Arguments.Domain);
        json.Texts("addresses", alert.Arguments.Addresses ?? []);
        json.Text("user", alert.UserInfo?.Name);
        json.Text("userUid", alert.UserInfo?.Uid);
        json.Texts("userGroups", alert.UserInfo?.Groups ?? []);
        json.Text("request", alert.Subresource);
        json.Number("errno", alert.Arguments.Errno);
        json.Text("cgroup", alert.Arguments.CgroupPath);
        json.Number("repeatCount", alert.Arguments.RepeatCount);
        json.Text("firstTime", alert.Arguments.FirstTime);
        json.Text("lastTime", alert.Arguments.LastTime);
    }

    private static void WriteProcesses(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        json.WriteNumber("pid", alert.InfectedPid);
        json.Text("process", AlertView.ProcessName(envelope));
        json.Text("commandLine", AlertView.CommandLine(envelope));
        json.WriteStartArray("processes");
        foreach (AlertProcess process in AlertView.Chain(envelope))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", process.Pid);
            json.WriteNumber("ppid", process.Ppid);
            json.Text("name", process.Comm);
            json.Text("path", process.Path);
            json.Text("commandLine", process.Cmdline);
            json.Text("directory", process.Cwd);
            json.WriteNumber("uid", process.Uid);
            json.WriteNumber("gid", process.Gid);
            json.Text("startTime", process.StartTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
