// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Bodies;

public sealed class OtlpBodyTests : IDisposable
{
    /// <summary>Of opentelemetry/proto/{collector/logs,logs,common,resource}/v1, version 1.3.</summary>
    private static readonly WireSchema Schema = new("""
        ExportLogsServiceRequest 1 resource_logs ResourceLogs*
        ResourceLogs 1 resource Resource
        ResourceLogs 2 scope_logs ScopeLogs*
        ResourceLogs 3 schema_url string
        Resource 1 attributes KeyValue*
        Resource 2 dropped_attributes_count varint
        ScopeLogs 1 scope InstrumentationScope
        ScopeLogs 2 log_records LogRecord*
        ScopeLogs 3 schema_url string
        InstrumentationScope 1 name string
        InstrumentationScope 2 version string
        InstrumentationScope 3 attributes KeyValue*
        LogRecord 1 time_unix_nano fixed64
        LogRecord 2 severity_number varint
        LogRecord 3 severity_text string
        LogRecord 5 body AnyValue
        LogRecord 6 attributes KeyValue*
        LogRecord 7 dropped_attributes_count varint
        LogRecord 11 observed_time_unix_nano fixed64
        LogRecord 12 event_name string
        KeyValue 1 key string
        KeyValue 2 value AnyValue
        AnyValue 1 string_value string
        AnyValue 2 bool_value varint
        AnyValue 3 int_value varint
        AnyValue 5 array_value ArrayValue
        ArrayValue 1 values AnyValue*
        """);

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_FullAlert_IsARecordOfTheDefinition()
    {
        byte[] body = new OtlpBody(new Dictionary<string, string> { ["deployment.environment"] = "prod" }).Write([Alerts.Message(Alerts.Full())]);
        Dictionary<string, object> logs = One(Schema.Read("ExportLogsServiceRequest", body), "resource_logs");
        Assert.Equal("https://opentelemetry.io/schemas/1.27.0", logs["schema_url"]);
        Dictionary<string, object> resource = Attributes((Dictionary<string, object>)logs["resource"]);
        Assert.Equal(("node-agent", "prod", "node text"), (resource["service.name"], resource["deployment.environment"], resource["k8s.node.name"]));

        Dictionary<string, object> record = One(One(logs, "scope_logs"), "log_records");
        Assert.Equal((1787393100000000001UL, 17UL, "high", "node_agent.alert"), (record["time_unix_nano"], record["severity_number"], record["severity_text"], record["event_name"]));
        Assert.Equal("message text", ((Dictionary<string, object>)record["body"])["string_value"]);
        Dictionary<string, object> attributes = Attributes(record);
        Assert.Equal(("R0001", "0123456789abcdef0123456789abcdef", 4711UL, 4444UL), (attributes["alert.rule.id"], attributes["alert.id"], attributes["process.pid"], attributes["destination.port"]));
    }

    [Fact]
    public void Write_HostileText_HasNoControlCharacterInAnyField()
    {
        for (int c = 0; c < 0xa0; c++)
        {
            byte[] body = new OtlpBody(new Dictionary<string, string>()).Write([Alerts.Message(Alerts.Full($"a{(char)c}b\ud800\u202e\u2028"))]);
            Assert.All(Texts(Schema.Read("ExportLogsServiceRequest", body)), text => Assert.DoesNotContain(text, one => char.IsControl(one) || one is '\u202e' or '\u2028'));
        }
    }

    private static IEnumerable<string> Texts(object value) => value switch
    {
        string text => [text],
        List<object> list => list.SelectMany(Texts),
        Dictionary<string, object> message => message.Values.SelectMany(Texts),
        _ => [],
    };

    [Fact]
    public async Task Deliver_EndpointStoppedAndStarted_EveryRecordArrives()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        await using DeliveryLane lane = Start(receiver);
        Offer(lane, 0, 100);
        await Until.TrueAsync(() => lane.Counts.Sent == 100, "the first hundred");
        Offer(lane, 100, 100);
        await receiver.StopAsync();
        Offer(lane, 200, 100);
        await receiver.StartAgainAsync();
        await Until.TrueAsync(() => lane.Counts.Sent == 300, "all");
        Assert.Equal(Enumerable.Range(0, 300).Select(number => $"id-{number}"), receiver.Taken.SelectMany(Ids).Distinct());
        Assert.All(receiver.Taken, request => Assert.Equal("application/x-protobuf", request.Headers["Content-Type"]));
    }

    [Fact]
    public async Task Deliver_PartialSuccess_TheRefusedOneIsFoundAndCounted()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = async (http, request) =>
        {
            http.Response.StatusCode = 200;
            if (Ids(request).Contains("id-3"))
            {
                // partial_success { rejected_log_records: 1 error_message: "no" }
                await http.Response.Body.WriteAsync(new byte[] { 0x0a, 0x06, 0x08, 0x01, 0x12, 0x02, (byte)'n', (byte)'o' });
            }
        };
        await using DeliveryLane lane = Start(receiver);
        Offer(lane, 0, 10);
        await Until.TrueAsync(() => lane.Counts is { Sent: 9, Refused: 1 }, "the others to arrive");
    }

    private static IEnumerable<string> Ids(ReceivedRequest request) =>
        List(One(One(Schema.Read("ExportLogsServiceRequest", request.Body), "resource_logs"), "scope_logs"), "log_records").Select(record => (string)Attributes(record)["alert.id"]);

    private static IEnumerable<Dictionary<string, object>> List(Dictionary<string, object> message, string name) => ((List<object>)message[name]).Cast<Dictionary<string, object>>();

    private static Dictionary<string, object> One(Dictionary<string, object> message, string name) => List(message, name).Single();

    private static Dictionary<string, object> Attributes(Dictionary<string, object> message) =>
        List(message, "attributes").ToDictionary(pair => (string)pair["key"], pair => ((Dictionary<string, object>)pair["value"]).Single().Value);

    private static void Offer(DeliveryLane lane, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            lane.Offer(Alerts.Numbered(number));
        }
    }

    private DeliveryLane Start(Receiver receiver)
    {
        var lane = new DeliveryLane(
            "otlp",
            new HttpTransport(new HttpOptions { Url = receiver.Url, MaxBatch = 32 }, new OtlpBody(new Dictionary<string, string>()), TimeProvider.System),
            new DeliveryLaneOptions { Spool = new SpoolOptions { Directory = _folder.File("spool") }, Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(10), Most = TimeSpan.FromMilliseconds(50) } },
            new LogLines<AlertDispatcher>(),
            TimeProvider.System);
        lane.Start();
        return lane;
    }
}
