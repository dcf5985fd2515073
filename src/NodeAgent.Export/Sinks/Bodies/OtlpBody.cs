// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Bodies.Otlp;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>Alerts as log records of OTLP over HTTP (binary protobuf), with attributes of the semantic conventions 1.27 where these have one.</summary>
internal sealed class OtlpBody(IReadOnlyDictionary<string, string> resource) : IHttpBody
{
    public const string SchemaUrl = "https://opentelemetry.io/schemas/1.27.0";

    public string ContentType => "application/x-protobuf";

    // One resource for a request: that of its first alert.
    public bool MayJoin(AlertMessage first, AlertMessage next) =>
        ResourceOf(first.Alert.Spec.Alerts[0]).SequenceEqual(ResourceOf(next.Alert.Spec.Alerts[0]));

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        RuntimeAlert first = batch[0].Alert.Spec.Alerts[0];
        var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "node-agent", Version = AlertView.Version(first) } };
        foreach (AlertMessage message in batch)
        {
            scope.LogRecords.Add(Record(message.Alert));
        }

        var logs = new ResourceLogs { Resource = new Resource(), SchemaUrl = SchemaUrl, ScopeLogs = { scope } };
        foreach ((string key, string value) in ResourceOf(first))
        {
            Add(logs.Resource.Attributes, key, value);
        }

        return new ExportLogsServiceRequest { ResourceLogs = { logs } }.ToByteArray();
    }

    public DeliveryResult? Judge(int status, ReadOnlyMemory<byte> answer, IReadOnlyList<AlertMessage> batch)
    {
        // The definition names those that are worth another attempt; 2xx may hold a refusal of some.
        if (status is >= 200 and < 300)
        {
            return Partial(answer);
        }

        return status is 400 or 413 or 415 or 422 ? new DeliveryResult(DeliveryOutcome.Refused, Transports.HttpTransport.Reason(status, default)) : null;
    }

    private static DeliveryResult Partial(ReadOnlyMemory<byte> answer)
    {
        try
        {
            ExportLogsServiceResponse parsed = ExportLogsServiceResponse.Parser.ParseFrom(answer.Span);
            return parsed.PartialSuccess is { RejectedLogRecords: > 0 } partial
                ? new DeliveryResult(DeliveryOutcome.Refused, $"{partial.RejectedLogRecords} records are refused: {OneLine.Escape(partial.ErrorMessage)}")
                : DeliveryResult.Delivered;
        }
        catch (InvalidProtocolBufferException)
        {
            return DeliveryResult.Delivered; // some collectors answer with JSON; the status is what counts
        }
    }

    private SortedDictionary<string, string> ResourceOf(RuntimeAlert alert)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["service.name"] = "node-agent" };
        Set(attributes, "service.version", alert.AgentVersion);
        Set(attributes, "host.name", alert.HostName ?? alert.NodeName);
        Set(attributes, "k8s.node.name", alert.NodeName);
        Set(attributes, "k8s.cluster.name", alert.ClusterName);
        Set(attributes, "k8s.cluster.uid", alert.ClusterUid);
        foreach ((string key, string value) in resource)
        {
            attributes[key] = value;
        }

        return attributes;
    }

    private static void Set(SortedDictionary<string, string> attributes, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            attributes[key] = value;
        }
    }

    private static LogRecord Record(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        var record = new LogRecord
        {
            TimeUnixNano = (ulong)AlertView.UnixNs(alert),
            ObservedTimeUnixNano = (ulong)AlertView.UnixNs(alert),
            SeverityNumber = SeverityNumber(alert.Severity),
            SeverityText = AlertView.SeverityWord(alert.Severity),
            EventName = "node_agent.alert",
            Body = new AnyValue { StringValue = Clean(alert.Message) },
        };
        foreach ((string key, string? value) in Texts(envelope, alert))
        {
            Add(record.Attributes, key, value);
        }

        foreach ((string key, long? value) in Numbers(envelope, alert))
        {
            if (value is { } number)
            {
                record.Attributes.Add(new KeyValue { Key = key, Value = new AnyValue { IntValue = number } });
            }
        }

        if (alert.Arguments.Args is { Count: > 0 } args)
        {
            var values = new ArrayValue();
            values.Values.AddRange(args.Select(argument => new AnyValue { StringValue = Clean(argument) }));
            record.Attributes.Add(new KeyValue { Key = "process.command_args", Value = new AnyValue { ArrayValue = values } });
        }

        return record;
    }

    /// <returns>Shape: 9 INFO, 10 INFO2, 13 WARN, 17 ERROR, 21 FATAL.</returns>
    private static int SeverityNumber(int severity) => severity switch { >= 10 => 21, >= 7 => 17, >= 5 => 13, >= 3 => 10, _ => 9 };

    private static IEnumerable<(string Key, string? Value)> Texts(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        AlertProcess? process = AlertView.ProcessOf(envelope);
        yield return ("alert.id", AlertView.IdOf(alert));
        yield return ("alert.unique_id", alert.UniqueId);
        yield return ("alert.rule.id", alert.RuleId);
        yield return ("alert.rule.name", alert.AlertName);
        yield return ("alert.rule.description", alert.RuleDescription);
        yield return ("k8s.namespace.name", alert.Namespace);
        yield return ("k8s.pod.name", alert.PodName);
        yield return ("k8s.pod.uid", alert.PodUid);
        yield return ("k8s.container.name", alert.ContainerName);
        yield return ("container.id", alert.ContainerId);
        yield return ("container.image.name", alert.Image);
        yield return ("container.image.id", alert.ImageDigest);
        yield return ("k8s.workload.kind", alert.WorkloadKind);
        yield return ("k8s.workload.name", alert.WorkloadName);
        yield return ("user.name", alert.UserInfo?.Name);
        yield return ("process.executable.name", AlertView.ProcessName(envelope));
        yield return ("process.executable.path", alert.Arguments.Exec ?? process?.Path);
        yield return ("process.command_line", AlertView.CommandLine(envelope));
        yield return ("process.working_directory", process?.Cwd);
        yield return ("file.path", AlertView.FilePath(alert));
        yield return ("destination.address", AlertView.Ip(alert));
        yield return ("network.transport", AlertView.Protocol(alert)?.ToLowerInvariant());
        yield return ("dns.question.name", alert.Arguments.Domain?.TrimEnd('.'));
        yield return ("alert.profile.name", alert.ProfileMetadata?.Name);
        yield return ("alert.profile.status", alert.ProfileMetadata?.Status);
    }

    private static IEnumerable<(string Key, long? Value)> Numbers(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        AlertProcess? process = AlertView.ProcessOf(envelope);
        yield return ("alert.severity", alert.Severity);
        yield return ("alert.repeat_count", alert.Arguments.RepeatCount);
        yield return ("process.pid", alert.InfectedPid == 0 ? null : alert.InfectedPid);
        yield return ("process.parent_pid", process?.Ppid);
        yield return ("process.user.id", process?.Uid);
        yield return ("destination.port", AlertView.Port(alert));
    }

    private static void Add(Google.Protobuf.Collections.RepeatedField<KeyValue> attributes, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            attributes.Add(new KeyValue { Key = key, Value = new AnyValue { StringValue = Clean(value) } });
        }
    }

    // A field of protobuf can hold anything, but what reads it later may print it.
    private static string Clean(string text) => OneLine.Escape(text);
}
