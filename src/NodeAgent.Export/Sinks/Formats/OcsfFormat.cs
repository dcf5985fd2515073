// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A Detection Finding (class 2004) of the Open Cybersecurity Schema Framework, version 1.4.0.</summary>
internal sealed class OcsfFormat : JsonAlertFormat
{
    public const string Version = "1.4.0";
    private const int Category = 2;
    private const int Class = 2004;
    private const int Create = 1;
    private const int Update = 2;

    // Algorithms of the object "fingerprint".
    private const int Md5 = 1;
    private const int Sha1 = 2;
    private const int Sha256 = 3;

    public override string Name => "ocsf";

    public override string Schema => "OCSF " + Version + " Detection Finding";

    protected override void WriteObject(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        // What is told once more with more knowledge, or as a number, is about a finding that is there.
        int activity = alert.Arguments.Enriched == true || alert.Arguments.RepeatCount is not null ? Update : Create;
        json.WriteStartObject();
        json.WriteNumber("activity_id", activity);
        json.WriteNumber("category_uid", Category);
        json.WriteNumber("class_uid", Class);
        json.WriteNumber("type_uid", (Class * 100) + activity);
        json.WriteNumber("severity_id", SeverityId(alert.Severity));
        json.WriteNumber("status_id", 1);
        json.WriteNumber("time", AlertView.TimeOf(alert).ToUnixTimeMilliseconds());
        json.WriteBoolean("is_alert", true);
        json.WriteString("message", alert.Message);
        json.Number("count", alert.Arguments.RepeatCount);
        json.Section("metadata", true, () => WriteMetadata(json, alert));
        json.Section("finding_info", true, () => WriteFinding(json, alert));
        WriteEvidence(json, envelope, alert);
        WriteResources(json, alert);
        json.WriteEndObject();
    }

    /// <returns>Shape: 1 informational, 2 low, 3 medium, 4 high, 5 critical.</returns>
    private static int SeverityId(int severity) => severity switch { >= 10 => 5, >= 7 => 4, >= 5 => 3, >= 3 => 2, _ => 1 };

    private static void WriteMetadata(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.WriteString("version", Version);
        json.WriteString("uid", AlertView.IdOf(alert));
        json.Section("product", true, () =>
        {
            json.WriteString("name", "node-agent");
            json.WriteString("vendor_name", "NodeAgent");
            json.WriteString("version", AlertView.Version(alert));
        });
        json.Texts("profiles", ["container"]);
        json.Texts("labels", [alert.ClusterName is { } cluster ? $"cluster:{cluster}" : null]);
    }

    private static void WriteFinding(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.WriteString("uid", AlertView.IdOf(alert));
        json.WriteString("title", alert.AlertName);
        json.Text("desc", alert.RuleDescription);
        json.Texts("types", ["runtime"]);
        json.WriteNumber("created_time", AlertView.TimeOf(alert).ToUnixTimeMilliseconds());
        json.Number("first_seen_time", AlertView.TimeOf(alert.Arguments.FirstTime)?.ToUnixTimeMilliseconds());
        json.Number("last_seen_time", AlertView.TimeOf(alert.Arguments.LastTime)?.ToUnixTimeMilliseconds());
        json.Section("analytic", true, () =>
        {
            json.WriteString("uid", alert.RuleId);
            json.WriteString("name", alert.AlertName);
            json.WriteNumber("type_id", 1);
        });
    }

    private static void WriteEvidence(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert)
    {
        json.WriteStartArray("evidences");
        json.WriteStartObject();
        json.Section("device", true, () =>
        {
            json.WriteString("hostname", AlertView.Host(alert));
            json.WriteString("name", AlertView.Host(alert));
            json.WriteNumber("type_id", 1);
        });
        WriteActor(json, alert);
        AlertProcess? process = AlertView.ProcessOf(envelope);
        json.Section("process", alert.InfectedPid != 0 || alert.Arguments.Args is not null, () =>
        {
            WriteProcess(json, process, alert.InfectedPid, AlertView.ProcessName(envelope), AlertView.CommandLine(envelope), alert);
            AlertProcess? parent = AlertView.ParentOf(envelope);
            json.Section("parent_process", parent is not null, () => WriteProcess(json, parent, parent!.Pid, parent.Comm, parent.Cmdline, null));
        });
        string? path = AlertView.FilePath(alert);
        json.Section("file", path is not null, () =>
        {
            json.WriteString("name", alert.Identifiers?.File?.Name ?? path![(path!.LastIndexOf('/') + 1)..]);
            json.WriteString("path", path!);
            json.WriteNumber("type_id", 0);
            AlertFileHash? hash = AlertView.HashOf(alert, path);
            json.Number("size", hash?.SizeBytes);
            WriteHashes(json, [(Sha256, hash?.Sha256)]);
        });
        json.Section("dst_endpoint", AlertView.Ip(alert) is not null, () =>
        {
            json.Text("ip", AlertView.Ip(alert));
            json.Number("port", AlertView.Port(alert));
        });
        json.Section("query", alert.Arguments.Domain is not null, () => json.WriteString("hostname", alert.Arguments.Domain!.TrimEnd('.')));
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // Who asked the API server, and for what.
    private static void WriteActor(Utf8JsonWriter json, RuntimeAlert alert)
    {
        if (alert.UserInfo is not { } user)
        {
            return;
        }

        json.Section("actor", true, () => json.Section("user", true, () =>
        {
            json.WriteString("name", user.Name);
            json.Text("uid", user.Uid);
            if (user.Groups is { Count: > 0 } groups)
            {
                json.WriteStartArray("groups");
                foreach (string group in groups)
                {
                    json.WriteStartObject();
                    json.WriteString("name", group);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        }));
        json.Section("api", true, () => json.WriteString("operation", string.Join('/', new[] { alert.Operation, alert.Resource?.Resource, alert.Subresource }.Where(part => !string.IsNullOrEmpty(part)))));
    }

    /// <param name="alert">The alert whose process it is; null = another process of its tree.</param>
    private static void WriteProcess(Utf8JsonWriter json, AlertProcess? process, uint pid, string? name, string? commandLine, RuntimeAlert? alert)
    {
        json.Number("pid", pid == 0 ? null : pid);
        json.Text("name", name);
        json.Text("cmd_line", commandLine);
        json.Number("created_time", AlertView.TimeOf(process?.StartTime)?.ToUnixTimeMilliseconds());
        json.Section("file", !string.IsNullOrEmpty(process?.Path), () =>
        {
            json.WriteString("name", process!.Path![(process.Path!.LastIndexOf('/') + 1)..]);
            json.WriteString("path", process.Path!);
            json.WriteNumber("type_id", 1);
            if (alert is not null)
            {
                WriteHashes(json, [(Md5, alert.Md5Hash), (Sha1, alert.Sha1Hash), (Sha256, AlertView.HashOf(alert, process.Path)?.Sha256)]);
            }
        });
        json.Section("user", process is not null, () => json.WriteString("uid", process!.Uid.ToString(CultureInfo.InvariantCulture)));
        json.Section("container", alert?.ContainerId is not null, () =>
        {
            json.Text("uid", alert!.ContainerId);
            json.Text("name", alert.ContainerName);
            json.Section("image", alert.Image is not null, () =>
            {
                json.Text("name", alert.Image);
                json.Text("uid", alert.ImageDigest ?? alert.Image);
            });
        });
    }

    // Shape: objects of the kind "fingerprint".
    private static void WriteHashes(Utf8JsonWriter json, IEnumerable<(int Algorithm, string? Value)> hashes)
    {
        (int Algorithm, string? Value)[] known = [.. hashes.Where(hash => !string.IsNullOrEmpty(hash.Value))];
        if (known.Length == 0)
        {
            return;
        }

        json.WriteStartArray("hashes");
        foreach ((int algorithm, string? value) in known)
        {
            json.WriteStartObject();
            json.WriteNumber("algorithm_id", algorithm);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResources(Utf8JsonWriter json, RuntimeAlert alert)
    {
        if (alert.PodName is null && alert.WorkloadName is null)
        {
            return;
        }

        json.WriteStartArray("resources");
        json.WriteStartObject();
        json.Text("type", alert.PodName is not null ? "Pod" : alert.WorkloadKind);
        json.Text("name", alert.PodName ?? alert.WorkloadName);
        json.Text("uid", alert.PodUid ?? alert.WorkloadUid);
        json.Text("namespace", alert.Namespace);
        json.Texts("labels", alert.PodLabels?.Select(label => $"{label.Key}:{label.Value}") ?? []);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
