// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeAgent.Export.Metrics;

/// <summary>The metrics of the agent in the Prometheus text format 0.0.4. Thread-safe.</summary>
/// <remarks>Make it before the meters are used: a counter that is told what to add has no past to ask for.</remarks>
public sealed class PrometheusExposition : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly MetricCollector _collector;
    private readonly BuildInfo _build;
    private readonly Lock _lock = new();

    public PrometheusExposition(MetricsOptions options, BuildInfo build)
    {
        ArgumentNullException.ThrowIfNull(options);
        _collector = new MetricCollector(options);
        _build = build;
    }

    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var text = new StringBuilder(16 * 1024);
        lock (_lock)
        {
            WriteMeters(text);
            WriteOwn(text);
        }

        // One encoder over all chunks: a surrogate pair may lie across two of them.
        Encoder encoder = Encoding.UTF8.GetEncoder();
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            encoder.Convert(chunk.Span, output, flush: false, out _, out _);
        }

        encoder.Convert([], output, flush: true, out _, out _);
    }

    public void Dispose() => _collector.Dispose();

    private void WriteMeters(StringBuilder text)
    {
        foreach ((MetricFamily family, List<(string Labels, MetricSeries Series)> series) in _collector.Collect())
        {
            if (series.Count == 0)
            {
                continue;
            }

            Head(text, family.Name, family.Kind, family.Help);
            foreach ((string labels, MetricSeries one) in series)
            {
                if (one.Buckets is { } buckets)
                {
                    Histogram(text, family, labels, one, buckets);
                }
                else
                {
                    Sample(text, family.Name, labels, one.Value);
                }
            }
        }
    }

    private void WriteOwn(StringBuilder text)
    {
        Head(text, "node_agent_build_info", MetricKind.Gauge, "The build that runs; always 1.");
        string version = MetricName.EscapeLabelValue(_build.Version);
        string revision = MetricName.EscapeLabelValue(_build.Revision);
        Sample(text, "node_agent_build_info", $"revision=\"{revision}\",version=\"{version}\"", 1);
        Single(text, "node_agent_metrics_series_overflow_total", "Measurements left out because there are too many label values.", _collector.Overflows);
        Single(text, "node_agent_metrics_callback_errors_total", "Instruments that failed while they were read.", _collector.CallbackErrors);
        Single(text, "node_agent_metrics_name_conflicts_total", "Instruments left out because their name is taken.", _collector.Conflicts);
        string previous = string.Empty;
        ProcessMetrics.Collect((name, kind, help, labels, value) =>
        {
            if (name != previous)
            {
                Head(text, name, kind, help);
                previous = name;
            }

            Sample(text, name, labels, value);
        });
    }

    private static void Single(StringBuilder text, string name, string help, long value)
    {
        Head(text, name, MetricKind.Counter, help);
        Sample(text, name, string.Empty, value);
    }

    private static void Head(StringBuilder text, string name, MetricKind kind, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(MetricName.EscapeHelp(help)).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(TypeName(kind)).Append('\n');

    private static void Histogram(StringBuilder text, MetricFamily family, string labels, MetricSeries series, long[] buckets)
    {
        string comma = labels.Length == 0 ? string.Empty : ",";
        for (int at = 0; at < buckets.Length; at++)
        {
            Sample(text, family.Name + "_bucket", $"{labels}{comma}le=\"{MetricName.Value(family.Bounds[at])}\"", buckets[at]);
        }

        Sample(text, family.Name + "_bucket", $"{labels}{comma}le=\"+Inf\"", series.Count);
        Sample(text, family.Name + "_sum", labels, series.Value);
        Sample(text, family.Name + "_count", labels, series.Count);
    }

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(CultureInfo.InvariantCulture, $" {MetricName.Value(value)}\n");
    }

    private static string TypeName(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };
}
