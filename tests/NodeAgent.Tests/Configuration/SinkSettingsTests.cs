// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Configuration;

namespace NodeAgent.Tests.Configuration;

public sealed class SinkSettingsTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_SeveralSinks_AreReadWithWhatIsTheirs()
    {
        SinkOptions[] sinks = Load("""
            - name: siem
              type: syslogTls
              format: cef
              address: siem.example:6515
              facility: authpriv
              tls: { caFile: /etc/ca.pem, certFile: /etc/c.pem, keyFile: /etc/c.key }
              filter: { minSeverity: 7, rules: [R0001, R0002], namespaces: shop }
              rateLimit: { alerts: 100, per: 30s }
              spool: { maxSize: 16MiB, maxAge: 1d }
            - type: webhook
              url: https://hook.example/path?x=1
              format: json
              wrapping: lines
              secretHeaders: { X-Key: /etc/key }
              batch: { maxAlerts: 20, wait: 1s }
              gzip: true
              retry: { least: 1s, most: 1m, mostAsked: 1h, failuresToOpen: 5 }
              timeout: 3s
            - { type: alertmanager, url: "http://am:9093", labels: { team: soc } }
            - { type: splunk, url: "https://splunk:8088", tokenFile: /etc/hec, index: security }
            - { type: elasticsearch, url: "https://es:9200", user: u, passwordFile: /etc/p }
            - { type: loki, url: "http://loki:3100" }
            - { type: otlp, url: "http://collector:4318", resource: { deployment.environment: prod } }
            - { type: kubernetesEvents, filter: { minSeverity: 8 } }
            - { name: copy, type: file, path: /var/log/alerts.log, format: ecs }
            """);

        SinkOptions siem = sinks[0];
        Assert.Equal(("siem", SinkType.SyslogTls, "cef", "siem.example", 6515, 10), (siem.Name, siem.Type, siem.Format, siem.Syslog!.Host, siem.Syslog.Port, siem.Syslog.Facility));
        Assert.Equal((7, 100, TimeSpan.FromSeconds(30), 16L << 20, TimeSpan.FromDays(1)), (siem.Filter.MinSeverity, siem.RateLimit!.Alerts, siem.RateLimit.Window, siem.SpoolBytes, siem.SpoolAge));
        Assert.Equal(["shop"], siem.Filter.Namespaces);
        Assert.Equal("/etc/c.key", siem.Syslog.Tls!.KeyFile);
        SinkOptions hook = sinks[1];
        Assert.Equal(("webhook", WebhookWrapping.Lines, 20, true, "Idempotency-Key", TimeSpan.FromSeconds(3), 5), (hook.Name, hook.Webhook.Wrapping, hook.Http!.MaxBatch, hook.Http.Gzip, hook.Http.IdempotencyHeader, hook.Retry.Timeout, hook.Retry.FailuresToOpen));
        Assert.Equal(
            ["http://am:9093/api/v2/alerts", "https://splunk:8088/services/collector/event", "https://es:9200/_bulk", "http://loki:3100/loki/api/v1/push", "http://collector:4318/v1/logs", "https://kubernetes.default.svc/"],
            sinks[2..8].Select(sink => sink.Http!.Url.AbsoluteUri));
        Assert.Equal(("Splunk", "ecs", "/var/log/alerts.log"), (sinks[3].Http!.TokenScheme, sinks[4].Format, sinks[8].File!.Path));
    }

    [Theory]
    [InlineData("x: 1", "setting 'alerts.sinks[0].type'", "is missing")]
    [InlineData("type: carrierPigeon", "setting 'alerts.sinks[0].type'", "'carrierPigeon' is not one of stdout, file")]
    [InlineData("type: webhook", "setting 'alerts.sinks[0].url'", "is missing")]
    [InlineData("{ type: webhook, url: here }", "setting 'alerts.sinks[0].url'", "'here' is not an address")]
    [InlineData("{ type: webhook, url: \"ftp://x\" }", "setting 'alerts.sinks[0].url'", "is not an address")]
    [InlineData("{ type: webhook, url: \"https://u:secret@x\" }", "setting 'alerts.sinks[0].url'", "no password")]
    [InlineData("{ type: webhook, url: \"https://x\", passwrd: y }", "unknown setting 'alerts.sinks[0].passwrd'", "passwordFile")]
    [InlineData("{ type: webhook, url: \"https://x\", user: y }", "setting 'alerts.sinks[0].passwordFile'", "is missing")]
    [InlineData("{ type: webhook, url: \"https://x\", tokenFile: token }", "setting 'alerts.sinks[0].tokenFile'", "absolute path")]
    [InlineData("{ type: webhook, url: \"https://x\", secretHeaders: { X-Key: s3cret } }", "setting 'alerts.sinks[0].secretHeaders'", "absolute path")]
    [InlineData("{ type: webhook, url: \"https://x\", headers: { \"X Y\": z } }", "setting 'alerts.sinks[0].headers'", "no name of a header")]
    [InlineData("{ type: webhook, url: \"https://x\", template: \"{{nothing}}\" }", "setting 'alerts.sinks[0].template'", "'nothing' is no field")]
    [InlineData("{ type: webhook, url: \"https://x\", template: \"text {{id}}\" }", "setting 'alerts.sinks[0].template'", "no JSON")]
    [InlineData("{ type: webhook, url: \"https://x\", method: GET }", "setting 'alerts.sinks[0].method'", "POST or PUT")]
    [InlineData("{ type: webhook, url: \"https://x\", format: xml }", "setting 'alerts.sinks[0].format'", "'xml' is not one of kubescape")]
    [InlineData("{ type: otlp, url: \"https://x\", format: json }", "setting 'alerts.sinks[0].format'", "document of its own")]
    [InlineData("{ type: elasticsearch, url: \"https://x\", format: cef }", "setting 'alerts.sinks[0].format'", "no JSON")]
    [InlineData("{ type: elasticsearch, url: \"https://x\", index: \"A B\" }", "setting 'alerts.sinks[0].index'", "no name of an index")]
    [InlineData("{ type: loki, url: \"https://x\", labels: { a-b: c } }", "setting 'alerts.sinks[0].labels'", "no name of a label")]
    [InlineData("{ type: syslogTcp }", "setting 'alerts.sinks[0].address'", "is missing")]
    [InlineData("{ type: syslogTcp, address: \"a b\" }", "setting 'alerts.sinks[0].address'", "HOST:PORT")]
    [InlineData("{ type: syslogTcp, address: \"a:99999\" }", "setting 'alerts.sinks[0].address'", "65535")]
    [InlineData("{ type: syslogTcp, address: a, facility: x }", "setting 'alerts.sinks[0].facility'", "not one of kern")]
    [InlineData("{ type: syslogTls, address: a, tls: { certFile: /c } }", "setting 'alerts.sinks[0].tls.keyFile'", "is missing")]
    [InlineData("{ type: syslogTls, address: a, tls: { insecure: true } }", "unknown setting 'alerts.sinks[0].tls.insecure'", "caFile")]
    [InlineData("{ type: syslogUdp, address: a, spool: { maxSize: 1KiB } }", "setting 'alerts.sinks[0].spool.maxSize'", "at least 256KiB")]
    [InlineData("{ type: syslogUdp, address: a, filter: { minSeverity: 11 } }", "setting 'alerts.sinks[0].filter.minSeverity'", "from 0 to 10")]
    [InlineData("{ type: syslogUdp, address: a, filter: severe }", "setting 'alerts.sinks[0].filter'", "expected a mapping")]
    [InlineData("{ type: syslogUdp, address: a, rateLimit: { per: 1m } }", "setting 'alerts.sinks[0].rateLimit.alerts'", "is missing")]
    [InlineData("{ type: stdout, name: file }", "setting 'alerts.sinks[0].name'", "is taken")]
    [InlineData("{ type: stdout, name: \"../x\" }", "setting 'alerts.sinks[0].name'", "letters, digits")]
    [InlineData("{ type: file, name: copy }", "setting 'alerts.sinks[0].path'", "is missing")]
    [InlineData("justText", "setting 'alerts.sinks[0]'", "expected a mapping")]
    public void Load_BadSink_NamesTheKey(string sink, string key, string problem)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Load("- " + sink));
        Assert.StartsWith(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoOfOneName_IsAnError()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Load("- { type: loki, url: \"http://a\" }\n- { type: loki, url: \"http://b\" }"));
        Assert.StartsWith("setting 'alerts.sinks[1].name'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoList_IsAnError()
    {
        File.WriteAllText(_file, "alerts:\n  sinks: stdout\n");
        Assert.StartsWith("setting 'alerts.sinks'", Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_file, None, None)).Message, StringComparison.Ordinal);
        File.WriteAllText(_file, "alerts:\n  sinks:\n  stdout: false\n");
        Assert.Empty(ConfigurationLoader.Load(_file, None, None).Alerts.Sinks);
    }

    private SinkOptions[] Load(string list)
    {
        File.WriteAllText(_file, "alerts:\n  stdout: false\n  sinks:\n" + string.Join('\n', list.Split('\n').Select(line => "    " + line)) + "\n");
        return [.. ConfigurationLoader.Load(_file, None, None).Alerts.Sinks];
    }
}
