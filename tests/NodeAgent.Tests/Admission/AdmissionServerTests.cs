// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Admission;
using NodeAgent.Api.Alerts;
using NodeAgent.Configuration;
using NodeAgent.Interop.Platform;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Library;
using NodeAgent.Tests.Agent;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Admission;

/// <summary>The endpoint over real TLS, with the real rules; this test's thread is the event loop's.</summary>
public sealed class AdmissionServerTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly TestAuthority _authority = new("admission-test");
    private readonly RuleEngine _rules = new(
        new RulesOptions { Cooldown = TimeSpan.Zero }, new AlertOrigin { NodeName = "node-1" }, new NoProfiles(), TimeProvider.System, NullLogger<RuleEngine>.Instance,
        RuleLibrary.Rules.Where(rule => rule.Id is "R2000" or "R2001"));

    private readonly List<RuntimeAlerts> _told = [];

    // Of those, how many the test has looked at.
    private int _taken;
    private AdmissionFeed? _feed;
    private AdmissionServer? _server;
    private HttpClient? _client;

    public async ValueTask InitializeAsync()
    {
        WriteCertificate(_authority);
        _rules.OnTick(BootClock.NowNs);
        _feed = new AdmissionFeed(_rules, new PodNames(null, null, TimeProvider.System));
        _server = await AdmissionServer.StartAsync(Settings(), _feed, NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        _client = Client(_authority);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _server!.DisposeAsync();
        await _feed!.DisposeAsync();
        _rules.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Review_OfAnExec_IsAllowedWithItsUidAndBecomesAnAlert()
    {
        JsonNode answer = JsonNode.Parse(await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1")))!;

        Assert.Equal("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"uid-1","allowed":true}}""", answer.ToJsonString());
        RuntimeAlert alert = (await NextAsync()).Spec.Alerts[0];
        Assert.Equal(("R2000", "jane", "web-7d9", "shop", "server"), (alert.RuleId, alert.UserInfo?.Name, alert.PodName, alert.Namespace, alert.ContainerName));
        Assert.Equal(["sh", "-c", "id"], alert.Arguments.Args);
    }

    [Fact]
    public async Task Review_ThatComesTwiceOrDoesNothing_IsToldOnce()
    {
        JsonNode dry = JsonNode.Parse(Reviews.Exec("uid-dry"))!;
        dry["request"]!["dryRun"] = true;
        await SendAsync(HttpStatusCode.OK, dry.ToJsonString());
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"));
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"));
        await SendAsync(HttpStatusCode.OK, Reviews.PortForward("uid-2"));

        Assert.Equal("R2000", (await NextAsync()).Spec.Alerts[0].RuleId);
        Assert.Equal("R2001", (await NextAsync()).Spec.Alerts[0].RuleId); // requests come in their order
    }

    [Fact]
    public async Task Review_OfAnotherKind_IsAllowedAndNoAlert()
    {
        await SendAsync(HttpStatusCode.OK, Reviews.Of("uid-1", "PodAttachOptions", "attach", "p", "u", "n", new JsonObject { ["kind"] = "PodAttachOptions" }).ToJsonString());
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-2"));

        Assert.Equal("R2000", (await NextAsync()).Spec.Alerts[0].RuleId);
    }

    [Theory]
    [InlineData("GET", "/validate", "application/json", 405)]
    [InlineData("PUT", "/validate", "application/json", 405)]
    [InlineData("POST", "/", "application/json", 404)]
    [InlineData("POST", "/validate/x", "application/json", 404)]
    [InlineData("POST", "/validate", "text/plain", 415)]
    [InlineData("POST", "/validate", "application/json", 400)]
    public async Task Request_ThatIsNoReview_IsRefusedWithItsReason(string method, string path, string type, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method != "GET")
        {
            request.Content = new StringContent("garbage", new MediaTypeHeaderValue(type));
        }

        using HttpResponseMessage response = await _client!.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // The whole of what the API server can be made to send is read, so that nobody hides behind length.
    [Fact]
    public async Task Body_OfSixMebibytes_IsRead_AndOneBeyondTheBoundIsRefused()
    {
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1", command: ["sh", new string('x', 6 << 20)]));
        Assert.Equal("R2000", (await NextAsync()).Spec.Alerts[0].RuleId);

        await SendAsync(HttpStatusCode.RequestEntityTooLarge, Reviews.Exec("uid-2", command: ["sh", new string('x', 10 << 20)]));
        await SendAsync(HttpStatusCode.OK, Reviews.PortForward("uid-3"));
        Assert.Equal("R2001", (await NextAsync()).Spec.Alerts[0].RuleId);
    }

    [Fact]
    public async Task Body_ThatDoesNotCome_IsGivenUpAndHoldsNobodyElse()
    {
        using var stuck = new StuckContent();
        Task<HttpResponseMessage> waiting = _client!.PostAsync("/validate", stuck, TestContext.Current.CancellationToken);
        await stuck.Begun.WaitAsync(TestContext.Current.CancellationToken);
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"));

        using HttpResponseMessage response = await waiting;
        Assert.Equal(HttpStatusCode.RequestTimeout, response.StatusCode);
    }

    [Fact]
    public async Task Handshake_ThatStops_IsClosedAndHoldsNobodyElse()
    {
        string[] address = _server!.Address.Split(':');
        using var half = new TcpClient();
        await half.ConnectAsync(address[0], int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        NetworkStream stream = half.GetStream();
        await stream.WriteAsync(new byte[] { 22, 3, 1, 2, 0, 1 }, TestContext.Current.CancellationToken); // the head of a ClientHello
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"));

        Assert.Equal(0, await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken)); // the server closes
    }

    [Fact]
    public async Task Queue_ThatIsFull_LosesAlertsAndAllowsAll()
    {
        // Nobody ticks: 1024 and what stands before the loop find room.
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(at => SendAsync(HttpStatusCode.OK, Reviews.Exec($"uid-{at}", $"pod-{at}"))));
        Assert.All(answers, answer => Assert.Contains("\"allowed\":true", answer, StringComparison.Ordinal));

        await Eventually.TrueAsync(() => Drain() && _told.Count >= 1024, "those that found room");
        await SendAsync(HttpStatusCode.OK, Reviews.PortForward("uid-after"));
        await Eventually.TrueAsync(() => Drain() && _told[^1].Spec.Alerts[0].RuleId == "R2001", "the request after the flood");
        Assert.InRange(_told.Count, 1025, 1999);
    }

    [Fact]
    public async Task Callers_OfAnotherAuthority_AreNotHeard()
    {
        using var clients = new TestAuthority("callers");
        using var strangers = new TestAuthority("strangers");
        await using AdmissionServer server = await AdmissionServer.StartAsync(
            Settings(_folder.Write("clients.pem", clients.Pem)), _feed!, NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        using X509Certificate2 known = clients.Client("kube-apiserver");
        using X509Certificate2 stranger = strangers.Client("kube-apiserver");
        using X509Certificate2 wrongPurpose = clients.Server();
        using HttpClient caller = Client(_authority, known, server);
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"), caller);

        foreach (X509Certificate2? shown in new[] { null, stranger, wrongPurpose })
        {
            using HttpClient refused = Client(_authority, shown, server);
            await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-2"), refused));
        }
    }

    [Theory]
    [InlineData("", "", "admission.certFile")]
    [InlineData("tls.crt", "", "admission.keyFile")]
    [InlineData("tls.crt", "nowhere", "admission.certFile")]
    [InlineData("tls.crt", "tls.crt", "admission.certFile")]
    public async Task Start_WithFilesThatCannotBeUsed_SaysWhich(string certificate, string key, string setting)
    {
        var settings = new AdmissionSettings
        {
            Address = "127.0.0.1:0",
            CertFile = certificate.Length == 0 ? "" : _folder[certificate],
            KeyFile = key.Length == 0 ? "" : _folder[key],
        };
        ConfigurationException error = await Assert.ThrowsAsync<ConfigurationException>(
            () => AdmissionServer.StartAsync(settings, _feed!, NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.StartsWith($"setting '{setting}':", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_ThatIsReplaced_IsServedToNewConnections()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using AdmissionServer server = await AdmissionServer.StartAsync(Settings(), _feed!, NullLogger.Instance, time, TestContext.Current.CancellationToken);
        using HttpClient before = Client(_authority, null, server);
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-1"), before);
        using var other = new TestAuthority("another");
        using X509Certificate2 certificate = other.Server();
        _folder.Write("tls.crt", certificate.ExportCertificatePem());
        time.Advance(TimeSpan.FromSeconds(6));
        using (HttpClient half = Client(_authority, null, server))
        {
            // The new certificate with the old key fits nothing: what was there stays.
            await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-2"), half);
        }

        _folder.Write("tls.key", ReviewClient.KeyOf(certificate));
        time.Advance(TimeSpan.FromSeconds(6));
        using HttpClient after = Client(other, null, server);
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-3"), after);
        await SendAsync(HttpStatusCode.OK, Reviews.Exec("uid-4"), before); // a connection stays what it is
    }

    private AdmissionSettings Settings(string clientCa = "") => new()
    {
        Address = "127.0.0.1:0",
        CertFile = _folder["tls.crt"],
        KeyFile = _folder["tls.key"],
        ClientCaFile = clientCa,
    };

    private void WriteCertificate(TestAuthority authority)
    {
        using X509Certificate2 certificate = authority.Server();
        _folder.Write("tls.crt", certificate.ExportCertificatePem());
        _folder.Write("tls.key", ReviewClient.KeyOf(certificate));
    }

    private HttpClient Client(TestAuthority trusted, X509Certificate2? shown = null, AdmissionServer? server = null) =>
        ReviewClient.Create(trusted, (server ?? _server!).Address, shown);

    private async Task<string> SendAsync(HttpStatusCode expected, string body, HttpClient? client = null)
    {
        using HttpResponseMessage response = await ReviewClient.PostAsync(client ?? _client!, body);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return text;
    }

    private async Task<RuntimeAlerts> NextAsync()
    {
        await Eventually.TrueAsync(() => Drain() && _told.Count > _taken, "an alert");
        return _told[_taken++];
    }

    // As the loop does at each tick.
    private bool Drain()
    {
        int before;
        do
        {
            before = _told.Count;
            _feed!.OnTick(BootClock.NowNs);
            while (_rules.Alerts.TryRead(out RuntimeAlerts? alert))
            {
                _told.Add(alert);
            }

            Thread.Yield();
        }
        while (_told.Count > before);

        return true;
    }

    private sealed class StuckContent : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StuckContent() => Headers.ContentType = new MediaTypeHeaderValue("application/json");

        public Task Begun => _begun.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes("{\"kind\":"), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
