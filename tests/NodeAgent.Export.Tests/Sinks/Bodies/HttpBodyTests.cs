// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Bodies;

/// <summary>The documents of HTTP receivers against their published definitions, and what their answers mean.</summary>
public sealed class HttpBodyTests : IDisposable
{
    /// <summary>The event object of Splunk's HTTP Event Collector, with an event of our own format as text.</summary>
    private static readonly FieldTable Splunk = new("""
        time number!
        host keyword!
        source keyword
        sourcetype keyword
        index keyword
        event text!
        fields map
        """);

    /// <summary>Of alertmanager's api/v2/openapi.yaml, postableAlerts.</summary>
    private static readonly FieldTable Alertmanager = new("""
        [].labels map!
        [].annotations map
        [].startsAt date
        [].endsAt date
        """);

    /// <summary>Of Loki's push API.</summary>
    private static readonly FieldTable Loki = new("""
        streams[].stream map!
        streams[].values[][] keyword!
        """);

    /// <summary>Of events.k8s.io/v1 Event.</summary>
    private static readonly FieldTable Event = new("""
        apiVersion enum(events.k8s.io/v1)!
        kind enum(Event)!
        metadata.name keyword!
        metadata.namespace keyword!
        metadata.annotations map
        eventTime date!
        type enum(Normal,Warning)!
        reason keyword!
        action keyword!
        reportingController keyword!
        reportingInstance keyword!
        note text
        regarding.apiVersion keyword
        regarding.kind keyword
        regarding.name keyword
        regarding.namespace keyword
        regarding.uid keyword
        regarding.fieldPath keyword
        """);

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Splunk_FullAlert_IsInTheDefinition()
    {
        Splunk.Check(Write(new SplunkBody(AlertFormats.Find("cef")!, "security"), Alerts.Full()));
        using JsonDocument document = JsonDocument.Parse(Write(new SplunkBody(AlertFormats.Find("json")!, string.Empty), Alerts.Full()));
        Assert.Equal("0123456789abcdef0123456789abcdef", document.RootElement.GetProperty("event").GetProperty("id").GetString());
        Assert.Equal("node_agent:alert:json", document.RootElement.GetProperty("sourcetype").GetString());
    }

    [Fact]
    public void Alertmanager_FullAlert_IsInTheDefinition()
    {
        string body = Write(new AlertmanagerBody(new Dictionary<string, string> { ["team"] = "soc" }, TimeSpan.FromHours(1)), Alerts.Full());
        Alertmanager.Check(body);
        using JsonDocument document = JsonDocument.Parse(body);
        Assert.All(document.RootElement[0].GetProperty("labels").EnumerateObject(), label => Assert.Matches("^[a-zA-Z_][a-zA-Z0-9_]*$", label.Name));
        Assert.True(document.RootElement[0].GetProperty("endsAt").GetDateTimeOffset() > document.RootElement[0].GetProperty("startsAt").GetDateTimeOffset());
    }

    [Fact]
    public void Loki_Batch_IsOneStreamForEachSetOfLabels()
    {
        var body = new LokiBody(AlertFormats.Find("json")!, new Dictionary<string, string> { ["team"] = "soc" });
        string json = Encoding.UTF8.GetString(body.Write([Alerts.Numbered(1), Alerts.Message(Alerts.Full()), Alerts.Numbered(2)]));
        Loki.Check(json);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal([2, 1], document.RootElement.GetProperty("streams").EnumerateArray().Select(stream => stream.GetProperty("values").GetArrayLength()));
        Assert.Equal("1787393100000000001", document.RootElement.GetProperty("streams")[1].GetProperty("values")[0][0].GetString());
    }

    [Fact]
    public void KubernetesEvent_FullAlert_IsInTheDefinitionAndItsLimits()
    {
        var body = new KubernetesEventBody("default");
        AlertMessage alert = Alerts.Message(Alerts.Full(new string('x', 3000)));
        string json = Encoding.UTF8.GetString(body.Write([alert]));
        Event.Check(json);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.InRange(document.RootElement.GetProperty("note").GetString()!.Length, 1, 1024);
        Assert.InRange(document.RootElement.GetProperty("reason").GetString()!.Length, 1, 128);
        Assert.Matches("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", document.RootElement.GetProperty("metadata").GetProperty("name").GetString());
        Assert.Equal("https://api/apis/events.k8s.io/v1/namespaces/shop/events", body.Address(new Uri("https://api"), [alert]).AbsoluteUri);
        Event.Check(Write(body, Alerts.One()));
    }

    [Fact]
    public void Elasticsearch_Batch_IsPairsOfLines()
    {
        string[] lines = Encoding.UTF8.GetString(new ElasticsearchBody(AlertFormats.Find("ecs")!, "logs-x").Write([Alerts.Numbered(1), Alerts.Numbered(2)])).Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Equal("""{"create":{"_index":"logs-x","_id":"id-1"}}""", lines[0]);
        Assert.Equal("id-2", JsonDocument.Parse(lines[3]).RootElement.GetProperty("event").GetProperty("id").GetString());
        Assert.Empty(lines[4]);
    }

    public static TheoryData<string, int, string, string> Answers => new()
    {
        { "elasticsearch", 200, """{"took":1,"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}""", "Delivered" },
        { "elasticsearch", 200, """{"errors":true,"items":[{"create":{"status":409}},{"create":{"status":201}}]}""", "Delivered" },
        { "elasticsearch", 200, """{"errors":true,"items":[{"create":{"status":429,"error":{"type":"es_rejected_execution_exception"}}},{"create":{"status":201}}]}""", "Retry,Delivered" },
        { "elasticsearch", 200, """{"errors":true,"items":[{"create":{"status":400,"error":{"type":"document_parsing_exception"}}},{"create":{"status":201}}]}""", "Refused,Delivered" },
        { "elasticsearch", 200, """{"errors":true,"items":[{"create":{"status":201}}]}""", "Retry" },
        { "elasticsearch", 200, "<html>", "Retry" },
        { "elasticsearch", 200, """{"errors":true,"items":7}""", "Retry" },
        { "elasticsearch", 503, "", "Retry" },
        { "splunk", 200, """{"text":"Success","code":0}""", "Delivered" },
        { "splunk", 400, """{"text":"Incorrect index","code":7}""", "Refused" },
        { "splunk", 400, """{"text":"Data channel is missing","code":10}""", "Retry" },
        { "splunk", 403, """{"text":"Invalid token","code":4}""", "Retry" },
        { "splunk", 200, """{"text":"Server is busy","code":9}""", "Retry" },
        { "splunk", 200, "[1]", "Delivered" },
        { "kubernetesEvents", 201, "{}", "Delivered" },
        { "kubernetesEvents", 409, """{"reason":"AlreadyExists"}""", "Delivered" },
        { "kubernetesEvents", 404, """{"reason":"NotFound"}""", "Refused" },
        { "kubernetesEvents", 403, """{"message":"namespace x is being terminated"}""", "Refused" },
        { "kubernetesEvents", 403, """{"message":"forbidden"}""", "Retry" },
        { "otlp", 200, "", "Delivered" },
        { "otlp", 200, "{}", "Delivered" },
        { "otlp", 429, "", "Retry" },
        { "otlp", 400, "", "Refused" },
        { "alertmanager", 400, "\"bad\"", "Refused" },
        { "loki", 204, "", "Delivered" },
        { "loki", 500, "", "Retry" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Judge_Answer_MeansWhatItsReceiverSays(string receiver, int status, string answer, string expected)
    {
        IHttpBody body = receiver switch
        {
            "elasticsearch" => new ElasticsearchBody(AlertFormats.Find("ecs")!, "i"),
            "splunk" => new SplunkBody(AlertFormats.Find("json")!, string.Empty),
            "kubernetesEvents" => new KubernetesEventBody("default"),
            "otlp" => new OtlpBody(new Dictionary<string, string>()),
            "loki" => new LokiBody(AlertFormats.Find("json")!, new Dictionary<string, string>()),
            _ => new AlertmanagerBody(new Dictionary<string, string>(), TimeSpan.FromHours(1)),
        };
        byte[] bytes = Encoding.UTF8.GetBytes(answer);
        DeliveryResult result = body.Judge(status, bytes, [Alerts.Numbered(1), Alerts.Numbered(2)]) ?? HttpTransport.Judge(status, bytes);
        Assert.Equal(expected, result.Items is { } items ? string.Join(',', items) : result.Outcome.ToString());
    }

    public static TheoryData<SinkType> HttpTypes => [SinkType.Webhook, SinkType.Alertmanager, SinkType.Otlp, SinkType.Splunk, SinkType.Elasticsearch, SinkType.Loki, SinkType.KubernetesEvents];

    /// <summary>Each type through the factory to an endpoint that fails first: what waits arrives, once.</summary>
    [Theory]
    [MemberData(nameof(HttpTypes))]
    public async Task Deliver_EndpointFailsFirst_AllArrive(SinkType type)
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = Receiver.Status(503, string.Empty, ("Retry-After", "0"));
        await using AlertLane lane = SinkFactory.Create(
            new SinkOptions
            {
                Name = "s",
                Type = type,
                Index = "i",
                Http = new HttpOptions { Url = receiver.Url, MaxBatch = 8, Gzip = type == SinkType.Splunk },
                Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(5), Most = TimeSpan.FromMilliseconds(20) },
            },
            _folder.Path,
            NullLoggerFactory.Instance,
            TimeProvider.System);
        lane.Start();
        for (int number = 0; number < 40; number++)
        {
            lane.Offer(Alerts.Numbered(number));
        }

        await Until.TrueAsync(() => lane.Counts.Retries > 1, "failures");
        receiver.Answer = type == SinkType.Elasticsearch ? Receiver.Status(200, """{"errors":false}""") : Receiver.Status(200);
        await Until.TrueAsync(() => lane.Counts is { Sent: 40, Undelivered: 0 }, "delivery");
        string all = string.Concat(receiver.Taken.Select(request => Encoding.Latin1.GetString(request.Body)));
        Assert.All(Enumerable.Range(0, 40), number => Assert.Contains($"id-{number}", all.Replace("\"", " ", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    public static TheoryData<SinkType> JsonTypes => [SinkType.Alertmanager, SinkType.Splunk, SinkType.Loki, SinkType.KubernetesEvents];

    [Theory]
    [MemberData(nameof(JsonTypes))]
    public void Write_HostileText_HasNoControlCharacter(SinkType type)
    {
        for (int c = 0; c < 0xa0; c++)
        {
            RuntimeAlerts alert = Alerts.Full($"a{(char)c}b\ud800\u202e\u2028");
            foreach (string word in (string[])["json", "cef", "text"])
            {
                IAlertFormat format = AlertFormats.Find(word)!;
                IHttpBody body = type switch
                {
                    SinkType.Alertmanager => new AlertmanagerBody(new Dictionary<string, string>(), TimeSpan.FromHours(1)),
                    SinkType.Splunk => new SplunkBody(format, string.Empty),
                    SinkType.Loki => new LokiBody(format, new Dictionary<string, string>()),
                    _ => new KubernetesEventBody("default"),
                };
                string json = Write(body, alert);
                Assert.DoesNotContain(json, one => char.IsControl(one) || one is '\u202e' or '\u2028');
                JsonDocument.Parse(json).Dispose();
            }
        }
    }

    private static string Write(IHttpBody body, RuntimeAlerts alert) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body.Write([Alerts.Message(alert)]));
}
