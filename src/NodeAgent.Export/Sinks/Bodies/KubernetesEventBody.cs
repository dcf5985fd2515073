// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>An Event (events.k8s.io/v1) beside the pod that an alert is about. Its name comes of the alert's id, so one that comes twice is there once.</summary>
internal sealed class KubernetesEventBody(string defaultNamespace) : IHttpBody
{
    private const int MostNote = 1024;
    private const int MostReason = 128;

    public string ContentType => "application/json";

    public int MaxBatch => 1;

    public Uri Address(Uri configured, IReadOnlyList<AlertMessage> batch) =>
        new(configured, $"/apis/events.k8s.io/v1/namespaces/{Uri.EscapeDataString(NamespaceOf(batch[0].Alert.Spec.Alerts[0]))}/events");

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        RuntimeAlert alert = batch[0].Alert.Spec.Alerts[0];
        var body = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(body, AlertJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "events.k8s.io/v1");
            json.WriteString("kind", "Event");
            json.Section("metadata", true, () =>
            {
                json.WriteString("name", NameOf(alert));
                json.WriteString("namespace", NamespaceOf(alert));
                json.Section("annotations", true, () =>
                {
                    json.WriteString("kubescape.io/alert-id", AlertView.IdOf(alert));
                    json.WriteString("kubescape.io/rule-id", alert.RuleId);
                    json.WriteString("kubescape.io/severity", AlertView.SeverityWord(alert.Severity));
                });
            });
            json.WriteString("eventTime", AlertView.Time(alert));
            json.WriteString("type", "Warning");
            json.WriteString("reason", Reason(alert));
            json.WriteString("action", "Detected");
            json.WriteString("reportingController", "kubescape.io/node-agent");
            json.WriteString("reportingInstance", Cut(AlertView.Host(alert), MostReason));
            json.WriteString("note", Cut(OneLine.Escape($"{alert.RuleId}: {alert.Message}"), MostNote));
            json.Section("regarding", true, () => WriteRegarding(json, alert));
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    // 409: it is there already. 404: the namespace is gone, and with it all that the event is about.
    public DeliveryResult? Judge(int status, ReadOnlyMemory<byte> answer, IReadOnlyList<AlertMessage> batch) => status switch
    {
        409 => DeliveryResult.Delivered,
        404 => new DeliveryResult(DeliveryOutcome.Refused, Transports.HttpTransport.Reason(status, answer)),
        403 when Transports.HttpTransport.Reason(status, answer).Contains("being terminated", StringComparison.Ordinal) => new DeliveryResult(DeliveryOutcome.Refused, Transports.HttpTransport.Reason(status, answer)),
        _ => null,
    };

    private string NamespaceOf(RuntimeAlert alert) => string.IsNullOrEmpty(alert.PodNamespace) ? defaultNamespace : alert.PodNamespace;

    private static void WriteRegarding(Utf8JsonWriter json, RuntimeAlert alert)
    {
        json.WriteString("apiVersion", "v1");
        bool isPod = !string.IsNullOrEmpty(alert.PodName) && !string.IsNullOrEmpty(alert.PodNamespace);
        json.WriteString("kind", isPod ? "Pod" : "Node");
        json.WriteString("name", isPod ? alert.PodName : AlertView.Host(alert));
        json.Text("namespace", isPod ? alert.PodNamespace : null);
        json.Text("uid", isPod ? alert.PodUid : null);
        json.Text("fieldPath", isPod && alert.ContainerName is { } container ? string.Create(CultureInfo.InvariantCulture, $"spec.containers{{{container}}}") : null);
    }

    // A DNS subdomain of what is hexadecimal; told again with more knowledge it is another event.
    private static string NameOf(RuntimeAlert alert)
    {
        string id = string.Concat(AlertView.IdOf(alert).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
        return $"node-agent.{(id.Length == 0 ? "alert" : id)}{(alert.Arguments.Enriched == true ? ".enriched" : string.Empty)}";
    }

    // A word in CamelCase, as others of Kubernetes.
    private static string Reason(RuntimeAlert alert)
    {
        string word = string.Concat(alert.AlertName.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]).SelectMany(part => part).Where(char.IsAsciiLetterOrDigit));
        return word.Length == 0 ? alert.RuleId : Cut(word, MostReason);
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
