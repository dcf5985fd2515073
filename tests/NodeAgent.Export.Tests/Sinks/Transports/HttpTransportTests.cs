// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Transports;

public sealed class HttpTransportTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly LogLines<AlertDispatcher> _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Send_Headers_SecretsFromFilesAndKeyAreThere()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        await File.WriteAllTextAsync(_folder.File("key"), "s3cret\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("token"), "t0ken\n", TestContext.Current.CancellationToken);
        var options = new HttpOptions
        {
            Url = receiver.Url,
            Headers = new Dictionary<string, string> { ["X-Team"] = "security" },
            SecretHeaders = new Dictionary<string, string> { ["X-Api-Key"] = _folder.File("key") },
            TokenFile = _folder.File("token"),
            IdempotencyHeader = "Idempotency-Key",
            Gzip = true,
        };
        await using DeliveryLane lane = Start(options, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));

        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery");
        ReceivedRequest request = Assert.Single(receiver.Taken);
        Assert.Equal(("POST", "/hook", "security", "s3cret", "Bearer t0ken", "id-1", "gzip", "application/json"), (
            request.Method, request.Path, request.Headers["X-Team"], request.Headers["X-Api-Key"], request.Headers["Authorization"], request.Headers["Idempotency-Key"], request.Headers["Content-Encoding"], request.Headers["Content-Type"]));
        Assert.Equal("id-1", JsonDocument.Parse(request.Text).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Send_TokenIsChangedAfterA401_IsReadAgain()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        string token = _folder.File("token");
        await File.WriteAllTextAsync(token, "old", TestContext.Current.CancellationToken);
        receiver.Answer = (http, request) =>
        {
            http.Response.StatusCode = request.Headers["Authorization"] == "Bearer new" ? 200 : 401;
            return Task.CompletedTask;
        };
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, TokenFile = token }, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries > 1, "it to be turned away");
        await File.WriteAllTextAsync(token, "new", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery");
        Assert.DoesNotContain("old", string.Join('\n', _log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SecretWithALineBreak_WaitsAndIsNotShown()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        await File.WriteAllTextAsync(_folder.File("token"), "s3cr\r\nX-Evil: 1", TestContext.Current.CancellationToken);
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, TokenFile = _folder.File("token") }, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries >= 2, "attempts");
        string said = string.Join('\n', _log.Lines.Select(line => line.Text));
        Assert.Contains("holds a control character", said, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", said, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }

    [Fact]
    public void IdempotencyKey_SameAlerts_SameKeyAndACorrectionHasItsOwn()
    {
        AlertMessage one = Alerts.Numbered(1);
        RuntimeAlert alert = one.Alert.Spec.Alerts[0];
        AlertMessage corrected = Alerts.Message(one.Alert with { Spec = one.Alert.Spec with { Alerts = [alert with { Arguments = alert.Arguments with { Enriched = true } }] } });
        Assert.Equal("id-1", HttpTransport.IdempotencyKey([one]));
        Assert.Equal("id-1-enriched", HttpTransport.IdempotencyKey([corrected]));
        Assert.Equal(HttpTransport.IdempotencyKey([one, corrected]), HttpTransport.IdempotencyKey([one, corrected]));
        Assert.NotEqual(HttpTransport.IdempotencyKey([one, corrected]), HttpTransport.IdempotencyKey([corrected, one]));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(507)]
    public async Task Send_AnswerThatMayChange_WaitsAndArrivesOnce(int status)
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = Receiver.Status(status, "\u001b[2Jno\r\n", ("Location", "http://127.0.0.1:1/elsewhere"));
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url }, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries >= 2, "it to be turned away");
        Assert.Equal((0, 1, 0), (lane.Counts.Sent, lane.Counts.Undelivered, lane.Counts.Refused));
        Assert.DoesNotContain('\u001b', string.Join('\n', _log.Lines.Select(line => line.Text)));
        receiver.Answer = Receiver.Status(200);
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery");
        Assert.Single(receiver.Taken);
        Assert.All(receiver.Requests, request => Assert.Equal("/hook", request.Path));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(422)]
    public async Task Send_AnswerForGood_RefusesOnlyTheOneThatIsMeant(int status)
    {
        await using Receiver receiver = await Receiver.StartAsync();
        receiver.Answer = (http, request) =>
        {
            http.Response.StatusCode = request.Text.Contains("\"id-5\"", StringComparison.Ordinal) ? status : 200;
            return Task.CompletedTask;
        };
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, MaxBatch = 8 }, Webhook("json", WebhookWrapping.Lines));
        Offer(lane, 0, 20);
        await Until.TrueAsync(() => lane.Counts is { Sent: 19, Refused: 1 }, "the others to arrive");
        Assert.Equal(19, receiver.Taken.Sum(request => request.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "noise", [0, 1, 2, 255, 13, 10] },
        { "nothing", [] },
        { "half a status line", Encoding.ASCII.GetBytes("HTTP/1.1 2") },
        { "a body that ends early", Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") },
        { "headers without end", Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: " + new string('y', 1000) + "\r\n", 200))) },
        { "another protocol", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2p1\r\n") },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Send_AnswerIsGarbage_Waits(string what, byte[] answer)
    {
        await using RawServer server = RawServer.Saying(answer);
        await using DeliveryLane lane = Start(new HttpOptions { Url = new Uri($"http://127.0.0.1:{server.Port}/") }, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));
        bool arrives = what == "a body that ends early"; // the status was there, and it is what counts
        await Until.TrueAsync(() => lane.Counts.Retries >= 2 || (arrives && lane.Counts.Sent == 1), what);
        Assert.Equal(1, lane.Counts.Undelivered + lane.Counts.Sent);
    }

    [Fact]
    public async Task Send_ReceiverSaysNothing_WaitsNoLongerThanItsTime()
    {
        await using RawServer server = RawServer.Silent();
        await using DeliveryLane lane = Start(new HttpOptions { Url = new Uri($"http://127.0.0.1:{server.Port}/") }, Webhook("json"), timeout: TimeSpan.FromMilliseconds(300));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries >= 2, "two attempts");
        Assert.Contains("no answer within 0.3 s", _log.Lines.First(line => line.Id == 5009).Text, StringComparison.Ordinal);
        Assert.Equal(1, lane.Counts.Undelivered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_HalfATlsHandshake_Waits(bool hangs)
    {
        // A record of type handshake that announces more than comes.
        byte[] half = [0x16, 3, 3, 0, 100, 2, 0, 0, 96, 3, 3];
        await using RawServer server = RawServer.Start(async (stream, stop) =>
        {
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
            await stream.WriteAsync(half, stop);
            await Task.Delay(hangs ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, stop);
        });
        await using DeliveryLane lane = Start(new HttpOptions { Url = new Uri($"https://127.0.0.1:{server.Port}/") }, Webhook("json"), timeout: TimeSpan.FromMilliseconds(300));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries >= 2, "two attempts");
        Assert.Equal((0, 1), (lane.Counts.Sent, lane.Counts.Undelivered));
    }

    [Fact]
    public async Task Send_Tls_BelievesOnlyItsAuthorityAndShowsItsCertificate()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("localhost");
        await using Receiver receiver = await Receiver.StartAsync(certificate, asksForCertificate: true);
        TlsFiles files = Files(authority);
        await File.WriteAllTextAsync(_folder.File("other.pem"), other.Pem, TestContext.Current.CancellationToken);

        await using (DeliveryLane wrong = Start(new HttpOptions { Url = receiver.Url, Tls = files with { AuthorityFile = _folder.File("other.pem") } }, Webhook("json"), name: "wrong"))
        {
            wrong.Offer(Alerts.Numbered(1));
            await Until.TrueAsync(() => wrong.Counts.Retries >= 2, "the other authority to be refused");
        }

        Assert.Empty(receiver.Requests);
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, Tls = files }, Webhook("json"));
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Sent == 1, $"delivery: {string.Join('\n', _log.Lines)}");
    }

    [Fact]
    public async Task Send_KubescapeBatch_IsOneEnvelopeForEachContainer()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = async (http, _) =>
        {
            await gate.Task;
            http.Response.StatusCode = 200;
        };
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, MaxBatch = 50 }, new KubescapeBody());
        lane.Offer(Alerts.Message(Alerts.One("first", "id-first", container: "z")));
        await Until.TrueAsync(() => receiver.Requests.Count == 1, "the first request");
        foreach ((string id, string container) in new[] { ("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a") })
        {
            lane.Offer(Alerts.Message(Alerts.One("m", id, container: container)));
        }

        gate.SetResult();
        await Until.TrueAsync(() => lane.Counts.Sent == 5, "delivery");
        string[] bodies = [.. receiver.Taken.Skip(1).Select(request => string.Join(',', AlertJson.Parse(request.Body).Spec.Alerts.Select(alert => alert.Arguments.AlertId)))];
        Assert.Equal(["a1,a2", "b1", "a3"], bodies);
    }

    [Fact]
    public async Task Send_ReceiverStoppedAndStartedAgain_EveryAlertArrivesInOrder()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, MaxBatch = 20 }, Webhook("json", WebhookWrapping.Lines));
        Offer(lane, 0, 200);
        await Until.TrueAsync(() => lane.Counts.Sent >= 200, "the first part");
        Offer(lane, 200, 300);
        await receiver.StopAsync();
        Offer(lane, 500, 300);
        await Until.TrueAsync(() => lane.Counts.Retries > 2 || lane.Counts.Sent >= 500, "the outage to be felt");
        await receiver.StartAgainAsync();
        await Until.TrueAsync(() => lane.Counts.Sent == 800, "all");

        string[] ids = [.. receiver.Taken.SelectMany(request => request.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];
        Assert.Equal(Enumerable.Range(0, 800).Select(number => $"id-{number}"), ids.Distinct());
    }

    [Fact]
    public async Task Send_Template_FillsInFields()
    {
        await using Receiver receiver = await Receiver.StartAsync();
        var body = new WebhookBody(new TemplateFormat("""{"text":"{{severityName}} {{rule}}: {{message}}","pod":"{{pod}}"}"""), WebhookWrapping.None, null);
        await using DeliveryLane lane = Start(new HttpOptions { Url = receiver.Url, Method = HttpMethod.Put }, body);
        lane.Offer(Alerts.Message(Alerts.One("he said \"no\"\n", severity: 8)));
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery");
        using JsonDocument document = JsonDocument.Parse(receiver.Taken.Single().Text);
        Assert.Equal("high R0001: he said \"no\"\n", document.RootElement.GetProperty("text").GetString());
        Assert.Equal(("PUT", string.Empty), (receiver.Taken.Single().Method, document.RootElement.GetProperty("pod").GetString()));
    }

    private static WebhookBody Webhook(string format, WebhookWrapping wrapping = WebhookWrapping.None) => new(AlertFormats.Find(format)!, wrapping, null);

    private static void Offer(DeliveryLane lane, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            lane.Offer(Alerts.Numbered(number));
        }
    }

    private TlsFiles Files(TestAuthority authority)
    {
        using X509Certificate2 client = authority.Issue("client");
        using System.Security.Cryptography.ECDsa key = client.GetECDsaPrivateKey()!;
        File.WriteAllText(_folder.File("ca.pem"), authority.Pem);
        File.WriteAllText(_folder.File("client.pem"), client.ExportCertificatePem());
        File.WriteAllText(_folder.File("client.key"), key.ExportPkcs8PrivateKeyPem());
        return new TlsFiles { AuthorityFile = _folder.File("ca.pem"), CertificateFile = _folder.File("client.pem"), KeyFile = _folder.File("client.key") };
    }

    private DeliveryLane Start(HttpOptions options, IHttpBody body, TimeSpan? timeout = null, string name = "hook")
    {
        var lane = new DeliveryLane(
            name,
            new HttpTransport(options, body, TimeProvider.System),
            new DeliveryLaneOptions
            {
                Spool = new SpoolOptions { Directory = _folder.File($"spool-{name}") },
                Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(10), Most = TimeSpan.FromMilliseconds(50), Timeout = timeout ?? TimeSpan.FromSeconds(20) },
            },
            _log,
            TimeProvider.System);
        lane.Start();
        return lane;
    }
}
