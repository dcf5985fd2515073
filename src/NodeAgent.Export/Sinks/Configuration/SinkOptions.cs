// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Export.Sinks.Configuration;

/// <summary>One sink of the configuration.</summary>
public sealed record SinkOptions
{
    /// <summary>Shape: letters, digits, <c>-</c> and <c>_</c>; the label of its metrics and the name of its spool.</summary>
    public required string Name { get; init; }

    public required SinkType Type { get; init; }

    /// <summary>Shape: the word of a format; empty = the type's own.</summary>
    public string Format { get; init; } = string.Empty;

    public AlertFilter Filter { get; init; } = AlertFilter.All;

    /// <summary>Null = no limit.</summary>
    public RateLimitOptions? RateLimit { get; init; }

    /// <summary>Units: alerts that wait in memory.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>Units: bytes; 0 = no spool. Standard output and files have none.</summary>
    public long SpoolBytes { get; init; } = 128L << 20;

    public TimeSpan SpoolAge { get; init; } = TimeSpan.FromDays(7);

    public RetryOptions Retry { get; init; } = new();

    /// <summary>Of <see cref="SinkType.File"/>.</summary>
    public FileSinkOptions? File { get; init; }

    /// <summary>Of <see cref="SinkType.SyslogUdp"/>, <see cref="SinkType.SyslogTcp"/> and <see cref="SinkType.SyslogTls"/>.</summary>
    public SyslogOptions? Syslog { get; init; }

    /// <summary>Of all that speak HTTP.</summary>
    public HttpOptions? Http { get; init; }

    /// <summary>Of <see cref="SinkType.Webhook"/>.</summary>
    public WebhookOptions Webhook { get; init; } = new();

    /// <summary>Of <see cref="SinkType.Splunk"/>, empty = the receiver's; of <see cref="SinkType.Elasticsearch"/>, its index or data stream.</summary>
    public string Index { get; init; } = string.Empty;

    /// <summary>Labels that every document gets; of <see cref="SinkType.Alertmanager"/>, <see cref="SinkType.Loki"/> and <see cref="SinkType.Otlp"/>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Of <see cref="SinkType.Alertmanager"/>: how long an alert stands there.</summary>
    public TimeSpan ResolveAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Of <see cref="SinkType.KubernetesEvents"/>: where events of pods without a namespace go.</summary>
    public string DefaultNamespace { get; init; } = "default";
}

/// <summary>A file that is rotated by size.</summary>
/// <param name="Path">Shape: absolute.</param>
/// <param name="MaxBytes">Units: bytes.</param>
/// <param name="MaxFiles">The current one included.</param>
public sealed record FileSinkOptions(string Path, long MaxBytes, int MaxFiles);

/// <summary>How alerts stand in the body of a webhook.</summary>
public sealed record WebhookOptions
{
    public WebhookWrapping Wrapping { get; init; }

    /// <summary>Shape: text with <c>{{field}}</c>; null = the format.</summary>
    public string? Template { get; init; }

    /// <summary>Null = by the format.</summary>
    public string? ContentType { get; init; }
}
