// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>The Elastic Common Schema, version 8.11. What it has no field for stands under <c>node_agent</c>, as it asks producers to do.</summary>
internal sealed class EcsFormat : JsonAlertFormat
{
    public const string Version = "8.11.0";

    public override string Name => "ecs";

    public override string Schema => "ECS " + Version;

    protected override void WriteObject(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        json.WriteStartObject();
        json.WriteString("@timestamp", AlertView.TimeOf(alert).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("message", alert.Message);
        json.Section("ecs", true, () => json.WriteString("version", Version));
        json.Section("event", true, () => WriteEvent(json, alert));
        json.Section("rule", true, () =>
        {
            json.WriteString("id", alert.RuleId);
            json.WriteString("name", alert.AlertName);
            json.Text("description", alert.RuleDescription);
        });
        json.Section("agent", true, () =>
        {
            json.WriteString("type", "node-agent");
            json.Text("version", alert.AgentVersion);
        });
        json.Section("host", true, () =>
        {
            json.WriteString("name", AlertView.Host(alert));
            json.Text("hostname", alert.HostName);
        });
        WriteWhere(json, alert);
        WriteProcess(json, envelope, alert);
        WriteWhat(json, alert);
        json.Section("node_agent", true, () => WriteOwn(json, alert));
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.WriteString("kind", "alert");
        json.Texts("category", ["intrusion_detection", CategoryOf(alert)]);
        json.Texts("type", ["info"]);
        json.WriteString("module", "node_agent");
        json.WriteString("dataset", "node_agent.alert");
        json.WriteString("id", AlertView.IdOf(alert));
        json.WriteNumber("severity", alert.Severity);
        json.Text("reason", alert.Message);
        json.Text("start", AlertView.TimeOf(alert.Arguments.FirstTime) is null ? null : alert.Arguments.FirstTime);
        json.Text("end", AlertView.TimeOf(alert.Arguments.LastTime) is null ? null : alert.Arguments.LastTime);
    }

    private static string CategoryOf(RuntimeAlert alert) =>
        alert.Arguments.Domain is not null || AlertView.Ip(alert) is not null ? "network" : alert.Arguments.Path is not null ? "file" : "process";

    private static void WriteWhere(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.Section("container", alert.ContainerId is not null || alert.ContainerName is not null, () =>
        {
            json.Text("id", alert.ContainerId);
            json.Text("name", alert.ContainerName);
            json.Section("image", alert.Image is not null || alert.ImageDigest is not null, () =>
            {
                json.Text("name", alert.Image);
                json.Section("hash", alert.ImageDigest is not null, () => json.Texts("all", [alert.ImageDigest]));
            });
        });
        json.Section("orchestrator", alert.PodName is not null || alert.Namespace is not null, () =>
        {
            json.WriteString("type", "kubernetes");
            json.Text("namespace", alert.Namespace);
            json.Section("cluster", alert.ClusterName is not null || alert.ClusterUid is not null, () =>
            {
                json.Text("name", alert.ClusterName);
                json.Text("id", alert.ClusterUid);
            });
            json.Section("resource", alert.PodName is not null, () =>
            {
                json.WriteString("type", "pod");
                json.Text("name", alert.PodName);
                json.Text("id", alert.PodUid);
                json.Section("parent", alert.WorkloadKind is not null, () => json.Text("type", alert.WorkloadKind));
            });
        });
        json.Map("labels", alert.PodLabels);
    }

    private static void WriteProcess(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        AlertProcess? process = AlertView.ProcessOf(envelope);
        json.Section("process", alert.InfectedPid != 0 || process is not null || alert.Arguments.Args is not null, () =>
        {
            json.Number("pid", alert.InfectedPid == 0 ? null : alert.InfectedPid);
            json.Text("name", AlertView.ProcessName(envelope));
            json.Text("command_line", AlertView.CommandLine(envelope));
            json.Texts("args", alert.Arguments.Args ?? []);
            json.Number("args_count", alert.Arguments.Args?.Count);
            json.Text("executable", alert.Arguments.Exec ?? process?.Path);
            json.Text("working_directory", process?.Cwd);
            json.Text("start", process?.StartTime);
            string? sha256 = AlertView.HashOf(alert, alert.Arguments.Exec ?? process?.Path)?.Sha256;
            json.Section("hash", alert.Md5Hash is not null || alert.Sha1Hash is not null || sha256 is not null, () =>
            {
                json.Text("md5", alert.Md5Hash);
                json.Text("sha1", alert.Sha1Hash);
                json.Text("sha256", sha256);
            });
            AlertProcess? parent = AlertView.ParentOf(envelope);
            json.Section("parent", parent is not null, () =>
            {
                json.WriteNumber("pid", parent!.Pid);
                json.Text("name", parent.Comm);
                json.Text("executable", parent.Path);
                json.Text("command_line", parent.Cmdline);
            });
        });
        json.Section("user", alert.UserInfo is not null, () =>
        {
            json.Text("name", alert.UserInfo!.Name);
            json.Text("id", alert.UserInfo.Uid);
        });
        json.Section("user", process is not null && alert.UserInfo is null, () =>
        {
            json.WriteString("id", process!.Uid.ToString(CultureInfo.InvariantCulture));
            json.Section("group", true, () => json.WriteString("id", process.Gid.ToString(CultureInfo.InvariantCulture)));
        });
    }

    private static void WriteWhat(Utf8JsonWriter json, RuntimeAlert alert)
    {
        string? path = AlertView.FilePath(alert);
        json.Section("file", path is not null, () =>
        {
            json.WriteString("path", path!);
            json.Text("name", alert.Identifiers?.File?.Name);
            json.Text("directory", alert.Identifiers?.File?.Directory);
            AlertFileHash? hash = AlertView.HashOf(alert, path);
            json.Number("size", hash?.SizeBytes);
            json.Section("hash", hash is not null, () => json.Text("sha256", hash!.Sha256));
        });
        string? ip = AlertView.Ip(alert);
        json.Section("destination", ip is not null, () =>
        {
            json.WriteString("ip", ip!);
            json.WriteString("address", ip!);
            json.Number("port", AlertView.Port(alert));
        });
        json.Section("network", AlertView.Protocol(alert) is not null, () => json.WriteString("transport", AlertView.Protocol(alert)!.ToLowerInvariant()));
        json.Section("dns", alert.Arguments.Domain is not null, () =>
        {
            json.Section("question", true, () => json.WriteString("name", alert.Arguments.Domain!.TrimEnd('.')));
            json.Texts("resolved_ip", alert.Arguments.Addresses ?? []);
        });
        json.Section("related", ip is not null, () => json.Texts("ip", [ip]));
    }

    private static void WriteOwn(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.Text("unique_id", alert.UniqueId);
        json.Text("workload_kind", alert.WorkloadKind);
        json.Text("workload_name", alert.WorkloadName);
        json.Text("cgroup", alert.Arguments.CgroupPath);
        json.Texts("user_groups", alert.UserInfo?.Groups ?? []);
        json.Text("request", alert.Subresource);
        json.Number("repeat_count", alert.Arguments.RepeatCount);
        json.Text("profile_name", alert.ProfileMetadata?.Name);
        json.Text("profile_status", alert.ProfileMetadata?.Status);
        json.Text("profile_completion", alert.ProfileMetadata?.Completion);
    }
}
