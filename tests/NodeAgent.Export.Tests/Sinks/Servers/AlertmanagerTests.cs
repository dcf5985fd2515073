// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Servers;

/// <summary>A real prometheus-alertmanager on loopback.</summary>
[Trait("Level", "Integration")]
public sealed class AlertmanagerTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly int _port = ServerProcess.FreePort();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deliver_StoppedAndStartedInMidStream_EveryAlertIsThere()
    {
        ServerProcess server = await StartServerAsync();
        await using AlertLane lane = StartLane();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Offer(lane, 0, 100, now);
        await Until.TrueAsync(() => lane.Counts.Sent == 100, "the first hundred");
        HashSet<string> before = await IdsAsync();
        Assert.Equal(100, before.Count);

        Offer(lane, 100, 100, now);
        await server.StopAsync();
        await server.DisposeAsync();
        Offer(lane, 200, 100, now);
        await using ServerProcess again = await StartServerAsync();
        await Until.TrueAsync(() => lane.Counts is { Sent: 300, Undelivered: 0 }, "all");

        // Alertmanager keeps alerts in memory only: of those before its end only what came after counts.
        HashSet<string> after = await IdsAsync();
        Assert.Superset(Enumerable.Range(200, 100).Select(number => $"id-{number}").ToHashSet(), after);
        Assert.Equal(0, lane.Counts.Refused);
    }

    [Fact]
    public async Task Deliver_TheSameFindingAgain_StaysOneAlert()
    {
        await using ServerProcess server = await StartServerAsync();
        await using AlertLane lane = StartLane();
        RuntimeAlerts first = Timed(Alerts.Full(), DateTimeOffset.UtcNow, "first");
        RuntimeAlerts second = Timed(Alerts.Full(), DateTimeOffset.UtcNow.AddSeconds(1), "second");
        lane.Offer(Alerts.Message(first));
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "the first");
        lane.Offer(Alerts.Message(second));
        await Until.TrueAsync(() => lane.Counts.Sent == 2, "the second");

        using JsonDocument alerts = await AlertsAsync();
        JsonElement alert = Assert.Single(alerts.RootElement.EnumerateArray());
        JsonElement labels = alert.GetProperty("labels");
        Assert.Equal(("KubescapeRuleViolated", "R0001", "web-text", "33", "soc"), (Text(labels, "alertname"), Text(labels, "rule_id"), Text(labels, "pod_name"), Text(labels, "uid"), Text(labels, "team")));
        Assert.Equal("second", Text(alert.GetProperty("annotations"), "alert_id"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static RuntimeAlerts Timed(RuntimeAlerts envelope, DateTimeOffset time, string id)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        return envelope with
        {
            Spec = envelope.Spec with
            {
                Alerts = [alert with { Timestamp = time.ToString("O", CultureInfo.InvariantCulture), Arguments = alert.Arguments with { AlertId = id, RepeatCount = null, FirstTime = null, LastTime = null } }],
            },
        };
    }

    private static void Offer(AlertLane lane, int first, int count, DateTimeOffset time)
    {
        for (int number = first; number < first + count; number++)
        {
            RuntimeAlerts one = Timed(Alerts.One($"m{number}", container: $"c{number}"), time, $"id-{number}");
            lane.Offer(Alerts.Message(one));
        }
    }

    private AlertLane StartLane()
    {
        AlertLane lane = SinkFactory.Create(
            new SinkOptions
            {
                Name = "alertmanager",
                Type = SinkType.Alertmanager,
                Http = new HttpOptions { Url = new Uri($"http://127.0.0.1:{_port}/api/v2/alerts"), MaxBatch = 16 },
                Labels = new Dictionary<string, string> { ["team"] = "soc" },
                Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(20), Most = TimeSpan.FromMilliseconds(200) },
            },
            _folder.File("spool"),
            NullLoggerFactory.Instance,
            TimeProvider.System);
        lane.Start();
        return lane;
    }

    private async Task<HashSet<string>> IdsAsync()
    {
        using JsonDocument alerts = await AlertsAsync();
        return [.. alerts.RootElement.EnumerateArray().Select(alert => Text(alert.GetProperty("annotations"), "alert_id"))];
    }

    private async Task<JsonDocument> AlertsAsync() => JsonDocument.Parse(await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/v2/alerts"), TestContext.Current.CancellationToken));

    private async Task<ServerProcess> StartServerAsync()
    {
        string program = DebianProgram.Installed("/usr/bin/prometheus-alertmanager"); // not unpacked: it reads its templates from /usr/share
        await File.WriteAllTextAsync(_folder.File("alertmanager.yml"), "route: { receiver: none }\nreceivers: [ { name: none } ]\n", TestContext.Current.CancellationToken);
        ServerProcess server = ServerProcess.Start(
            program,
            [$"--config.file={_folder.File("alertmanager.yml")}", $"--storage.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{_port}", "--cluster.listen-address="]);
        await server.UntilAsync(async () =>
        {
            try
            {
                return (await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/-/ready"), TestContext.Current.CancellationToken)).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return server;
    }
}
