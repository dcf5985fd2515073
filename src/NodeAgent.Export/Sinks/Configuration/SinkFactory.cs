// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Export.Sinks.Configuration;

/// <summary>Makes the lanes of configured sinks.</summary>
public static class SinkFactory
{
    /// <param name="spoolDirectory">Under which each sink has a directory of its name.</param>
    public static AlertLane Create(SinkOptions options, string spoolDirectory, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ILogger logger = loggers.CreateLogger<AlertDispatcher>();
        return options.Type switch
        {
            SinkType.Stdout => Local(StreamSink.Stdout(options.Name, LineFormat(options)), options, logger, time),
            SinkType.File => Local(
                new RotatingFileSink(options.File!.Path, options.File.MaxBytes, options.File.MaxFiles, loggers.CreateLogger<RotatingFileSink>(), options.Name, LineFormat(options)),
                options,
                logger,
                time),
            _ => new DeliveryLane(options.Name, TransportOf(options, time), LaneOptions(options, spoolDirectory), logger, time),
        };
    }

    /// <summary>The format that a sink has where none is named; empty = the type has a document of its own.</summary>
    public static string DefaultFormat(SinkType type) => type switch
    {
        SinkType.Stdout or SinkType.File or SinkType.Webhook => "kubescape",
        SinkType.SyslogUdp or SinkType.SyslogTcp or SinkType.SyslogTls or SinkType.Splunk or SinkType.Loki => "json",
        SinkType.Elasticsearch => "ecs",
        _ => string.Empty,
    };

    private static SinkLane Local(IAlertSink sink, SinkOptions options, ILogger logger, TimeProvider time) =>
        new(sink, options.QueueCapacity, logger, options.Filter, options.RateLimit, time);

    // The line of the envelope stands already; only another format is written for a sink.
    private static IAlertFormat? LineFormat(SinkOptions options) => FormatOf(options) is { Name: not "kubescape" } format ? format : null;

    private static IAlertFormat FormatOf(SinkOptions options) =>
        AlertFormats.Find(options.Format.Length == 0 ? DefaultFormat(options.Type) : options.Format)
        ?? throw new ArgumentException($"'{options.Format}' is no format");

    private static DeliveryLaneOptions LaneOptions(SinkOptions options, string spoolDirectory) => new()
    {
        Filter = options.Filter,
        RateLimit = options.RateLimit,
        Retry = options.Retry,
        QueueCapacity = options.QueueCapacity,
        Spool = options.SpoolBytes == 0 ? null : new SpoolOptions
        {
            Directory = Path.Combine(spoolDirectory, options.Name),
            MaxBytes = options.SpoolBytes,
            MaxAge = options.SpoolAge,
        },
    };

    private static IAlertTransport TransportOf(SinkOptions options, TimeProvider time) => options.Type switch
    {
        SinkType.SyslogUdp => new SyslogDatagram(options.Syslog!, new SyslogMessage(options.Syslog!, FormatOf(options))),
        SinkType.SyslogTcp or SinkType.SyslogTls => new SyslogStream(options.Syslog!, new SyslogMessage(options.Syslog!, FormatOf(options))),
        _ => new HttpTransport(options.Http!, BodyOf(options), time),
    };

    private static IHttpBody BodyOf(SinkOptions options) => options.Type switch
    {
        SinkType.Webhook when options.Webhook.Template is { } template => new WebhookBody(new TemplateFormat(template), options.Webhook.Wrapping, options.Webhook.ContentType ?? "application/json"),
        SinkType.Webhook when FormatOf(options) is KubescapeFormat && options.Webhook.Wrapping == WebhookWrapping.None => new KubescapeBody(),
        SinkType.Webhook => new WebhookBody(FormatOf(options), options.Webhook.Wrapping, options.Webhook.ContentType),
        SinkType.Alertmanager => new AlertmanagerBody(options.Labels, options.ResolveAfter),
        SinkType.Otlp => new OtlpBody(options.Labels),
        SinkType.Splunk => new SplunkBody(FormatOf(options), options.Index),
        SinkType.Elasticsearch => new ElasticsearchBody(FormatOf(options), options.Index),
        SinkType.Loki => new LokiBody(FormatOf(options), options.Labels),
        SinkType.KubernetesEvents => new KubernetesEventBody(options.DefaultNamespace),
        _ => throw new ArgumentException($"{options.Type} is no receiver over HTTP"),
    };
}
