// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;

namespace NodeAgent.Export.Metrics;

/// <summary>Listens to every meter whose name begins with the prefix, and keeps the values. Thread-safe.</summary>
internal sealed class MetricCollector : IDisposable
{
    // From what a ring read costs to what a storage that is in trouble takes; seconds.
    private static readonly double[] DefaultBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly MetricsOptions _options;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly SeriesBudget _budget;
    private long _overflows;
    private long _callbackErrors;
    private long _conflicts;

    public MetricCollector(MetricsOptions options)
    {
        _options = options;
        _budget = new SeriesBudget(options.MaxSeries);
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<byte>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<short>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<int>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<long>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<float>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<double>((i, v, t, s) => Record(i, v, t, s));
        _listener.SetMeasurementEventCallback<decimal>((i, v, t, s) => Record(i, (double)v, t, s));
        _listener.Start();
    }

    /// <summary>Measurements that found no room for their labels.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>Observable instruments that threw while they were read.</summary>
    public long CallbackErrors => Volatile.Read(ref _callbackErrors);

    /// <summary>Instruments left out because their name is taken by one of another kind.</summary>
    public long Conflicts => Volatile.Read(ref _conflicts);

    /// <summary>Reads the observable instruments.</summary>
    /// <returns>All metrics, in the order of their names.</returns>
    public List<(MetricFamily Family, List<(string Labels, MetricSeries Series)> Series)> Collect()
    {
        MetricFamily[] families = Families();
        foreach (MetricFamily family in families)
        {
            family.BeginCollection();
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException errors)
        {
            Interlocked.Add(ref _callbackErrors, errors.InnerExceptions.Count);
        }

        var collected = new List<(MetricFamily, List<(string, MetricSeries)>)>();
        foreach (MetricFamily family in Families())
        {
            collected.Add((family, family.Snapshot()));
        }

        return collected;
    }

    public void Dispose() => _listener.Dispose();

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (!instrument.Meter.Name.StartsWith(_options.MeterPrefix, StringComparison.Ordinal))
        {
            return;
        }

        MetricKind kind = MetricFamily.KindOf(instrument);
        string name = MetricName.OfMetric(instrument.Name);
        if (kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal))
        {
            name += "_total";
        }

        lock (_lock)
        {
            if (IsReserved(name))
            {
                Interlocked.Increment(ref _conflicts);
                return;
            }

            if (!_families.TryGetValue(name, out MetricFamily? family))
            {
                family = NewFamily(name, kind, instrument);
                _families.Add(name, family);
            }
            else if (family.Kind != kind)
            {
                Interlocked.Increment(ref _conflicts);
                return;
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private MetricFamily NewFamily(string name, MetricKind kind, Instrument instrument) => new(
        name,
        instrument.Description ?? name,
        kind,
        kind == MetricKind.Histogram ? BoundsOf(instrument) : [],
        _options.MaxSeriesPerMetric,
        _budget);

    /// <summary>The names that the exposition itself writes.</summary>
    private static bool IsReserved(string name) =>
        name is "node_agent_build_info"
        || name.StartsWith("node_agent_metrics_", StringComparison.Ordinal)
        || name.StartsWith("process_", StringComparison.Ordinal)
        || name.StartsWith("dotnet_", StringComparison.Ordinal);

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> h when h.Advice?.HistogramBucketBoundaries is { Count: > 0 } bounds => [.. bounds],
        Histogram<long> h when h.Advice?.HistogramBucketBoundaries is { Count: > 0 } bounds => [.. bounds.Select(b => (double)b)],
        Histogram<int> h when h.Advice?.HistogramBucketBoundaries is { Count: > 0 } bounds => [.. bounds.Select(b => (double)b)],
        _ => DefaultBounds,
    };

    private void Record<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct, IConvertible
    {
        if (state is not MetricFamily family)
        {
            return;
        }

        double number = value.ToDouble(CultureInfo.InvariantCulture);
        string labels = LabelSet.Format(tags, instrument.Tags, family.Kind == MetricKind.Histogram);
        bool kept = instrument.IsObservable
            ? family.TrySet(labels, number)
            : family.TryAdd(labels, number, replace: IsGauge(instrument));
        if (!kept)
        {
            Interlocked.Increment(ref _overflows);
        }
    }

    /// <summary>A Gauge is told its value; an UpDownCounter, a gauge too in the format, what to add.</summary>
    private static bool IsGauge(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Gauge<>);

    private MetricFamily[] Families()
    {
        lock (_lock)
        {
            return [.. _families.Values];
        }
    }
}
