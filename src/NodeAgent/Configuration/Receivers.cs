// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Configuration;

/// <summary>Reads what a sink needs to know of its receiver. Secrets stand in files only.</summary>
internal static partial class Receivers
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/";
    private static readonly string[] Facilities =
        ["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"];

    public static SinkOptions Read(SettingSection section, SinkOptions sink) => sink.Type switch
    {
        SinkType.SyslogUdp or SinkType.SyslogTcp or SinkType.SyslogTls => sink with { Syslog = Syslog(section, sink.Type) },
        SinkType.Webhook => Webhook(section, sink),
        SinkType.Alertmanager => sink with
        {
            Http = Http(section, "/api/v2/alerts", maxBatch: 64),
            Labels = Labels(section),
            ResolveAfter = section.Read("resolveAfter", sink.ResolveAfter, text => SettingValue.Duration(text, TimeSpan.FromMinutes(1))),
        },
        SinkType.Otlp => sink with { Http = Http(section, "/v1/logs", maxBatch: 128), Labels = section.Map("resource") },
        SinkType.Splunk => sink with { Http = Http(section, "/services/collector/event", maxBatch: 64) with { TokenScheme = "Splunk" }, Index = section.Text("index") ?? string.Empty },
        SinkType.Elasticsearch => sink with { Http = Http(section, "/_bulk", maxBatch: 128), Index = section.Read("index", "logs-node_agent.alert-default", Index) },
        SinkType.Loki => sink with { Http = Http(section, "/loki/api/v1/push", maxBatch: 128), Labels = Labels(section) },
        SinkType.KubernetesEvents => sink with { Http = KubernetesApi(section), DefaultNamespace = section.Text("defaultNamespace") ?? sink.DefaultNamespace },
        _ => throw new InvalidOperationException($"{sink.Type} is no receiver"),
    };

    private static SyslogOptions Syslog(SettingSection section, SinkType type)
    {
        int port = type == SinkType.SyslogTls ? 6514 : type == SinkType.SyslogTcp ? 601 : 514;
        string address = section.RequiredText("address");
        Match parts = Address().Match(address);
        if (!parts.Success)
        {
            throw section.Fault("address", $"'{address}' is not HOST or HOST:PORT");
        }

        return new SyslogOptions
        {
            Host = parts.Groups["host"].Value.Trim('[', ']'),
            Port = parts.Groups["port"] is { Success: true } given ? section.Read("address", port, _ => SettingValue.Number(given.Value, 1, 65535)) : port,
            Facility = section.Read("facility", 16, text => Array.IndexOf(Facilities, text) is >= 0 and var facility ? facility : throw new FormatException($"'{text}' is not one of {string.Join(", ", Facilities)}")),
            MaxBytes = section.Read("maxSize", 8192, text => (int)Math.Min(SettingValue.Size(text, 480), type == SinkType.SyslogUdp ? 65_507 : 1 << 20)),
            EnterpriseId = section.Read<int?>("enterpriseId", null, text => SettingValue.Number(text, 1, int.MaxValue)),
            SettleTime = section.Read("settleTime", TimeSpan.FromSeconds(2), text => SettingValue.Duration(text, TimeSpan.FromMilliseconds(100))),
            Tls = type == SinkType.SyslogTls ? Tls(section) : null,
        };
    }

    private static SinkOptions Webhook(SettingSection section, SinkOptions sink)
    {
        WebhookWrapping wrapping = section.Read("wrapping", WebhookWrapping.None, SettingValue.Enumeration<WebhookWrapping>);
        string? template = section.Text("template");
        if (SinkSettings.AbsolutePath(section, "templateFile") is { } file)
        {
            template = template is null ? ReadFile(section, file) : throw section.Fault("templateFile", "there is a template already");
        }

        string? contentType = section.Text("contentType");
        if (template is not null)
        {
            section.Read("template", 0, _ => Check(template, contentType));
            if (section.Has("templateFile"))
            {
                section.Read("templateFile", 0, _ => Check(template, contentType));
            }
        }

        bool isAlone = wrapping == WebhookWrapping.None && (template is not null || sink.Format != "kubescape");
        return sink with
        {
            Http = Http(section, string.Empty, maxBatch: isAlone ? 1 : 50, hasMethod: true),
            Webhook = new WebhookOptions { Wrapping = wrapping, Template = template, ContentType = contentType },
        };
    }

    private static int Check(string template, string? contentType)
    {
        var format = new TemplateFormat(template);
        if (contentType is null || contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            format.CheckJson();
        }

        return 0;
    }

    private static string ReadFile(SettingSection section, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw section.Fault("templateFile", error.Message);
        }
    }

    private static HttpOptions Http(SettingSection section, string path, int maxBatch, bool hasMethod = false)
    {
        var http = new HttpOptions
        {
            Url = section.Has("url") ? section.Read("url", null!, text => Url(text, path)) : throw section.Fault("url", "is missing"),
            Method = !hasMethod ? HttpMethod.Post : section.Read("method", HttpMethod.Post, text => text switch { "POST" => HttpMethod.Post, "PUT" => HttpMethod.Put, _ => throw new FormatException($"'{text}' is not POST or PUT") }),
            Headers = Headers(section, "headers"),
            SecretHeaders = Headers(section, "secretHeaders"),
            TokenFile = SinkSettings.AbsolutePath(section, "tokenFile"),
            User = section.Text("user"),
            PasswordFile = SinkSettings.AbsolutePath(section, "passwordFile"),
            Tls = Tls(section),
            Gzip = section.Read("gzip", false, SettingValue.Switch),
            IdempotencyHeader = section.Read<string?>("idempotencyHeader", hasMethod ? "Idempotency-Key" : null, text => text == "none" ? null : HeaderName(text)),
            MaxBatch = maxBatch,
        };
        if (section.Section("batch") is { } batch)
        {
            http = http with
            {
                MaxBatch = batch.Read("maxAlerts", http.MaxBatch, text => SettingValue.Number(text, 1, 10_000)),
                BatchWait = batch.Read("wait", TimeSpan.Zero, text => SettingValue.Duration(text, TimeSpan.Zero)),
            };
            batch.Done();
        }

        foreach ((string name, string file) in http.SecretHeaders.Where(header => !Path.IsPathFullyQualified(header.Value)))
        {
            throw section.Fault("secretHeaders", $"{name}: '{file}' is not an absolute path; a secret stands in a file");
        }

        return (http.User is null) == (http.PasswordFile is null) ? http : throw section.Fault(http.User is null ? "user" : "passwordFile", "is missing: one does not go without the other");
    }

    // In the cluster that the agent runs in nothing has to be said.
    private static HttpOptions KubernetesApi(SettingSection section)
    {
        if (section.Has("url"))
        {
            return Http(section, string.Empty, maxBatch: 1);
        }

        return new HttpOptions
        {
            Url = new Uri("https://kubernetes.default.svc"),
            TokenFile = SinkSettings.AbsolutePath(section, "tokenFile") ?? ServiceAccount + "token",
            Tls = Tls(section) is { AuthorityFile: not null } tls ? tls : new TlsFiles { AuthorityFile = ServiceAccount + "ca.crt" },
        };
    }

    private static TlsFiles Tls(SettingSection section)
    {
        if (section.Section("tls") is not { } tls)
        {
            return new TlsFiles();
        }

        var files = new TlsFiles
        {
            AuthorityFile = SinkSettings.AbsolutePath(tls, "caFile"),
            CertificateFile = SinkSettings.AbsolutePath(tls, "certFile"),
            KeyFile = SinkSettings.AbsolutePath(tls, "keyFile"),
            ServerName = tls.Text("serverName"),
        };
        tls.Done();
        return (files.CertificateFile is null) == (files.KeyFile is null) ? files : throw tls.Fault(files.KeyFile is null ? "keyFile" : "certFile", "is missing: one does not go without the other");
    }

    // A receiver's own path is added to an address that has none.
    private static Uri Url(string text, string path)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw new FormatException($"'{text}' is not an address such as https://host/path");
        }

        return url.UserInfo.Length > 0 ? throw new FormatException("an address holds no password; there are user and passwordFile")
            : url.AbsolutePath == "/" && path.Length > 0 ? new Uri(url, path)
            : url;
    }

    private static IReadOnlyDictionary<string, string> Headers(SettingSection section, string key)
    {
        IReadOnlyDictionary<string, string> headers = section.Map(key);
        foreach ((string name, string value) in headers)
        {
            if (!HeaderPattern().IsMatch(name) || value.Any(c => c is < ' ' or (char)127))
            {
                throw section.Fault(key, $"'{name}' is no name of a header, or its value holds a control character");
            }
        }

        return headers;
    }

    private static string HeaderName(string text) => HeaderPattern().IsMatch(text) ? text : throw new FormatException($"'{text}' is no name of a header");

    private static IReadOnlyDictionary<string, string> Labels(SettingSection section)
    {
        IReadOnlyDictionary<string, string> labels = section.Map("labels");
        return labels.Keys.FirstOrDefault(name => !LabelPattern().IsMatch(name)) is { } wrong ? throw section.Fault("labels", $"'{wrong}' is no name of a label") : labels;
    }

    private static string Index(string text) =>
        IndexPattern().IsMatch(text) ? text : throw new FormatException($"'{text}' is no name of an index or data stream");

    [GeneratedRegex(@"^(?<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(:(?<port>[0-9]{1,5}))?$")]
    private static partial Regex Address();

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex LabelPattern();

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,254}$")]
    private static partial Regex IndexPattern();
}
