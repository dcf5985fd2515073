// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NodeAgent.Configuration;
using NodeAgent.Export.Metrics;
using NodeAgent.Operations;

namespace NodeAgent.Tests.Operations;

/// <summary>Over real HTTP, on a port of the kernel's choice.</summary>
public sealed partial class OperationsServerTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly PrometheusExposition _metrics = new(new MetricsOptions { MeterPrefix = "NodeAgentTest" }, new BuildInfo("1.2.3", "abc"));
    private readonly Meter _meter = new("NodeAgentTest.Operations");
    private readonly HttpClient _client = new();
    private readonly AgentHealth _health;
    private OperationsServer? _server;

    public OperationsServerTests() => _health = new AgentHealth(_time, TimeSpan.FromSeconds(10));

    public async ValueTask InitializeAsync()
    {
        _server = await OperationsServer.StartAsync("127.0.0.1:0", _health, _metrics, TestContext.Current.CancellationToken);
        _client.BaseAddress = new Uri($"http://{_server.Address}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync();
        _meter.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Livez_LoopBeats_IsOk()
    {
        (HttpStatusCode status, string body) = await GetAsync("/livez");

        Assert.Equal((HttpStatusCode.OK, "ok\n"), (status, body));
    }

    [Fact]
    public async Task Livez_LoopStalled_Is503AndSaysForHowLong()
    {
        _time.Advance(TimeSpan.FromSeconds(12.5));

        (HttpStatusCode status, string body) = await GetAsync("/livez");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "event loop stalled for 12.5 s\n"), (status, body));
    }

    [Fact]
    public async Task Livez_NotReady_IsStillOk()
    {
        _health.SetNotReady("storage", "starting");

        (HttpStatusCode status, _) = await GetAsync("/livez");

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Readyz_PartsNotReady_ListsEachWithItsReason()
    {
        _health.SetNotReady("storage", "starting");
        _health.SetNotReady("event-loop", "processes are being read");

        (HttpStatusCode status, string body) = await GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(["event-loop: processes are being read", "storage: starting"], body.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Readyz_AllReady_IsOk()
    {
        _health.SetNotReady("storage", "starting");
        _health.SetReady("storage");

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync("/readyz"));
    }

    [Fact]
    public async Task Metrics_WithInstruments_IsPrometheusText()
    {
        Counter<long> counter = _meter.CreateCounter<long>("node_agent_test_total", description: "A \\ and a\nline.");
        counter.Add(3, new KeyValuePair<string, object?>("path", "a\"b\\c\nd"));

        using HttpResponseMessage response = await _client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n", body, StringComparison.Ordinal);
        string[] samples = [.. body.TrimEnd('\n').Split('\n').Where(l => !l.StartsWith('#'))];
        Assert.All(samples, line => Assert.Matches(Sample, line));
        Assert.All(samples, line => Assert.True(IsNumber(line[(line.LastIndexOf(' ') + 1)..]), line));
        Assert.Contains("node_agent_test_total{path=\"a\\\"b\\\\c\\nd\"} 3", samples);
        Assert.Contains(samples, line => line.Contains("version=\"1.2.3\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Head_KnownPath_HasNoBody(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Request_OtherMethod_Is405(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/livez");
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("/livez/")]
    [InlineData("/healthz")]
    [InlineData("/metrics/../../etc/passwd")]
    [InlineData("/LIVEZ")]
    public async Task Request_UnknownPath_Is404(string path) => Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(path)).Status);

    [Theory]
    [InlineData("GET /livez HTTP/9.9\r\n\r\n")]
    [InlineData("\0\u0001\u0002\r\n\r\n")]
    [InlineData("GET /%00%zz HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task Request_Garbage_DoesNotEndTheServer(string bytes)
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPEndPoint.Parse(_server!.Address), TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(System.Text.Encoding.Latin1.GetBytes(bytes), TestContext.Current.CancellationToken);
            using var answer = new StreamReader(socket.GetStream());
            socket.Client.Shutdown(SocketShutdown.Send);
            Assert.DoesNotContain("200 OK", await answer.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/livez")).Status);
    }

    [Fact]
    public async Task Start_AddressInUse_NamesTheSetting()
    {
        ConfigurationException e = await Assert.ThrowsAsync<ConfigurationException>(
            () => OperationsServer.StartAsync(_server!.Address, _health, _metrics, TestContext.Current.CancellationToken));

        Assert.Contains("'operations.address'", e.Message, StringComparison.Ordinal);
        Assert.Contains(_server!.Address, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task Start_AddressOfNoInterface_NamesTheSetting()
    {
        // 192.0.2.0/24 is for documentation: nobody has it.
        ConfigurationException e = await Assert.ThrowsAsync<ConfigurationException>(
            () => OperationsServer.StartAsync("192.0.2.1:0", _health, _metrics, TestContext.Current.CancellationToken));

        Assert.Contains("'operations.address'", e.Message, StringComparison.Ordinal);
    }

    private static bool IsNumber(string text) =>
        text is "+Inf" or "-Inf" or "NaN" || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? \S+$""")]
    private static partial Regex Sample { get; }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
