// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Tests.Admission;
using NodeAgent.Tests.Cluster;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Agent;

/// <summary>Requests to the API server as alerts: the real agent, asked over TLS as an API server asks.</summary>
[Trait("Level", "Integration")]
public sealed class AdmissionTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly ScratchFolder _files = new();
    private readonly TestAuthority _authority = new("admission");

    public AdmissionTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        WriteCertificate(_authority);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _data.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task ExecAndPortForward_AreAlertsWithWhoAskedForWhat()
    {
        await using AgentProcess agent = await StartAsync();
        using HttpClient client = Client();
        await AllowedAsync(client, "uid-1", Reviews.Exec("uid-1"));
        await AllowedAsync(client, "uid-1", Reviews.Exec("uid-1"));
        await AllowedAsync(client, "uid-2", Reviews.PortForward("uid-2", "db-0", "joe"));
        await Eventually.TrueAsync(() => Of(agent, "R2001").Count == 1, "the alert of the port-forward");

        JsonElement exec = Json(Assert.Single(Of(agent, "R2000")));
        Assert.Equal(("jane", "web-7d9", "shop", "server"), (exec.GetProperty("userInfo").GetProperty("Name").GetString(), Text(exec, "podName"), Text(exec, "namespace"), Text(exec, "containerName")));
        Assert.Equal(["dev", "system:authenticated"], exec.GetProperty("userInfo").GetProperty("Groups").EnumerateArray().Select(group => group.GetString()));
        Assert.Equal(["sh", "-c", "id"], exec.GetProperty("object").GetProperty("command").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(2, exec.GetProperty("alertType").GetInt32());
        JsonElement forward = Json(Assert.Single(Of(agent, "R2001")));
        Assert.Equal(("Port forward to pod: shop/db-0 by joe", "db-0"), (Text(forward, "message"), Text(forward, "podName")));
        Assert.Equal(1, await agent.MetricAsync("node_agent_admission_requests_total", "kind=\"exec\",outcome=\"taken\""));
        Assert.Equal(1, await agent.MetricAsync("node_agent_admission_requests_total", "kind=\"exec\",outcome=\"repeated\""));
        Assert.Equal(1, await agent.MetricAsync("node_agent_admission_requests_total", "kind=\"portforward\",outcome=\"taken\""));
        Assert.Equal(2, await agent.MetricAsync("node_agent_admission_pods_total", "source=\"nobody\""));
    }

    [Fact]
    public async Task Curl_WithTheAuthority_IsAnswered()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is not installed");
        await using AgentProcess agent = await StartAsync();
        string[] curl = ["--silent", "--show-error", "--max-time", "30", "--cacert", _files.Write("ca.pem", _authority.Pem), "-H", "Content-Type: application/json"];
        string body = _files.Write("review.json", Reviews.Exec("uid-curl"));

        ShellResult answer = await ShellProcess.RunAsync("curl", [.. curl, "--data-binary", "@" + body, $"https://{Address()}/validate?timeout=2s"]);
        Assert.True(answer.ExitCode == 0, answer.All);
        Assert.Equal("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"uid-curl","allowed":true}}""", answer.Output.Trim());
        ShellResult refused = await ShellProcess.RunAsync("curl", [.. curl, "--write-out", "%{http_code}", "--data-binary", "{}", $"https://{Address()}/validate"]);
        Assert.EndsWith("400", refused.Output.Trim(), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == 1, "the alert");
        Assert.Equal(1, await agent.MetricAsync("node_agent_admission_refused_total", "reason=\"400\""));
    }

    [Fact]
    public async Task TwoThousandAtOnce_AreAllowed_AndEachIsToldOrCounted()
    {
        await using AgentProcess agent = await StartAsync("--rules-cpu-budget", "0");
        using HttpClient client = Client();
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(at => AllowedAsync(client, $"uid-{at}", Reviews.Exec($"uid-{at}", $"pod-{at}", $"user-{at}"))));

        double taken = await agent.MetricAsync("node_agent_admission_requests_total", "outcome=\"taken\"");
        double dropped = await agent.MetricAsync("node_agent_admission_requests_total", "outcome=\"dropped\"");
        Assert.Equal(2000, taken + dropped);
        Assert.InRange(taken, 1024, 2000);
        await Eventually.GetAsync(
            async () => await RuleAsync(agent, "node_agent_alert_total") + await RuleAsync(agent, "node_agent_alert_dropped_total") == taken ? "" : null,
            () => $"{taken} alerts told or lost");
        double told = await RuleAsync(agent, "node_agent_alert_total");
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == (int)told, $"{told} alerts on standard output");
        Assert.Equal((int)told, Of(agent, "R2000").Select(alert => alert.Unit).Distinct().Count());
    }

    [Fact]
    public async Task Exception_InTheRulesFolder_KeepsBackWhatItSaysAndNothingElse()
    {
        string rules = Directory.CreateDirectory(_files["rules"]).FullName;
        _files.Write("rules/quiet.yaml", """
            apiVersion: kubescape.io/v1
            kind: RuleException
            metadata: {name: operators}
            spec:
              ruleIds: [R2000]
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}
              condition: event.UserInfo.Username == 'robot' && event.args == ['backup']
              reason: the nightly backup
            """);
        await using AgentProcess agent = await StartAsync("--rules-path", rules);
        using HttpClient client = Client();
        await AllowedAsync(client, "uid-1", Reviews.Exec("uid-1", user: "robot", command: "backup"));
        await AllowedAsync(client, "uid-2", Reviews.Exec("uid-2", user: "robot", command: "sh"));
        await AllowedAsync(client, "uid-3", Reviews.Exec("uid-3", user: "robot", ns: "other", command: "backup"));
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == 2, "the two alerts that nothing keeps back");

        Assert.Equal(1, await agent.MetricAsync("node_agent_rule_exception_suppressed_total", "exception=\"operators\""));
    }

    [Fact]
    public async Task PodOfAnotherNode_IsAskedFor_AndSelectorsHoldForItsLabels()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        foreach (string app in new[] { "web", "batch" })
        {
            server.Store.Put("/pods", JsonNode.Parse($$$"""{"metadata":{"name":"{{{app}}}-1","namespace":"shop","uid":"u-{{{app}}}","labels":{"app":"{{{app}}}"}},"spec":{"nodeName":"node-b"},"status":{}}""")!.AsObject());
        }

        string rules = Directory.CreateDirectory(_files["rules"]).FullName;
        _files.Write("rules/quiet.yaml", "apiVersion: kubescape.io/v1\nkind: RuleException\nmetadata: {name: batch}\nspec: {ruleIds: [R2000], podSelector: {matchLabels: {app: batch}}, reason: a test}\n");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, [.. Flags, "--kubeconfig", RecordedCluster.Kubeconfig(server, _files.Path), "--node-name", "node-a", "--rules-cluster", "false", "--rules-path", rules]);
        using HttpClient client = Client();
        await AllowedAsync(client, "uid-1", Reviews.Exec("uid-1", "batch-1"));
        await AllowedAsync(client, "uid-2", Reviews.Exec("uid-2", "web-1"));
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == 1, "the alert of the pod that is not excepted");

        JsonElement alert = Json(Of(agent, "R2000")[0]);
        Assert.Equal(("web-1", "u-web", "node-b"), (Text(alert, "podName"), Text(alert, "podUID"), Text(alert, "nodeName")));
        Assert.Equal("web", alert.GetProperty("podLabels").GetProperty("app").GetString());
        Assert.Equal(2, await agent.MetricAsync("node_agent_admission_pods_total", "source=\"api_server\""));
    }

    [Fact]
    public async Task Callers_WithoutACertificateOfTheAuthority_AreNotHeard_AndWhoHangsHoldsNobody()
    {
        using var callers = new TestAuthority("callers");
        using var strangers = new TestAuthority("strangers");
        await using AgentProcess agent = await StartAsync("--admission-client-ca-file", _files.Write("clients.pem", callers.Pem));
        using X509Certificate2 known = callers.Client("kube-apiserver");
        using X509Certificate2 stranger = strangers.Client("kube-apiserver");
        string[] address = Address().Split(':');
        using var half = new TcpClient();
        await half.ConnectAsync(address[0], int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
        await half.GetStream().WriteAsync(new byte[] { 22, 3, 1, 2 }, TestContext.Current.CancellationToken);
        foreach (X509Certificate2? shown in new[] { null, stranger })
        {
            using HttpClient refused = Client(shown: shown);
            await Assert.ThrowsAsync<HttpRequestException>(async () => (await ReviewClient.PostAsync(refused, Reviews.Exec("uid-1"))).Dispose());
        }

        using HttpClient client = Client(shown: known);
        await AllowedAsync(client, "uid-2", Reviews.Exec("uid-2", user: "known"));
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == 1, "the alert of the caller that is known");
        Assert.Equal("known", Json(Of(agent, "R2000")[0]).GetProperty("userInfo").GetProperty("Name").GetString());
        Assert.True(await agent.MetricAsync("node_agent_admission_refused_total", "reason=\"certificate\"") >= 2);
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync("/livez")).Status);
    }

    [Fact]
    public async Task Certificate_ReplacedOnDisk_IsServedWithoutARestart()
    {
        await using AgentProcess agent = await StartAsync();
        using var other = new TestAuthority("another");
        WriteCertificate(other);

        await Eventually.GetAsync(
            async () =>
            {
                using HttpClient client = ReviewClient.Create(other, Address());
                try
                {
                    using HttpResponseMessage response = await ReviewClient.PostAsync(client, Reviews.Exec("uid-new"));
                    return response.IsSuccessStatusCode ? "" : null;
                }
                catch (HttpRequestException)
                {
                    return null; // the former certificate
                }
            },
            () => $"the new certificate: {agent.Log}");
        await Eventually.TrueAsync(() => Of(agent, "R2000").Count == 1, "the alert");
    }

    [Fact]
    public async Task Address_ThatIsTaken_EndsTheAgentWithTheSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        ShellResult result = await AgentProgram.RunAsync(
            "run", "--data-dir", _data.Path, "--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0", "--kubeconfig", "none", "--host-scan", "false", "--sensors", "process",
            "--admission-address", taken.LocalEndpoint.ToString()!, "--admission-cert-file", _files["tls.crt"], "--admission-key-file", _files["tls.key"]);

        Assert.NotEqual(0, result.ExitCode);
        string last = result.All.TrimEnd()[^Math.Min(result.All.TrimEnd().Length, 2000)..];
        Assert.True(result.All.Contains("setting 'admission.address': cannot listen on", StringComparison.Ordinal), $"{result.ExitCode}: {last}");
    }

    private string[] Flags => ["--cooldown", "0s", "--host-scan", "false", "--admission-address", "127.0.0.1:0", "--admission-cert-file", _files["tls.crt"], "--admission-key-file", _files["tls.key"]];

    private Task<AgentProcess> StartAsync(params string[] flags) => AgentProcess.StartAsync(_data.Path, [.. Flags, "--kubeconfig", "none", .. flags]);

    private string Address() => File.ReadAllText(_data["admission-address"]).Trim();

    private HttpClient Client(X509Certificate2? shown = null) => ReviewClient.Create(_authority, Address(), shown);

    private void WriteCertificate(TestAuthority authority)
    {
        using X509Certificate2 certificate = authority.Server();
        _files.Write("tls.crt", certificate.ExportCertificatePem());
        _files.Write("tls.key", ReviewClient.KeyOf(certificate));
    }

    private static async Task AllowedAsync(HttpClient client, string uid, string review)
    {
        using HttpResponseMessage response = await ReviewClient.PostAsync(client, review);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Contains($"\"uid\":\"{uid}\",\"allowed\":true", text, StringComparison.Ordinal);
    }

    private static List<Alert> Of(AgentProcess agent, string rule) => [.. agent.Alerts.Where(alert => alert.Rule == rule)];

    private static Task<double> RuleAsync(AgentProcess agent, string metric) => agent.MetricAsync(metric, "rule_id=\"R2000\"");

    private static JsonElement Json(Alert alert)
    {
        using JsonDocument document = JsonDocument.Parse(alert.Line);
        return document.RootElement.GetProperty("spec").GetProperty("alerts")[0].Clone();
    }

    private static string? Text(JsonElement alert, string name) => alert.GetProperty(name).GetString();
}
