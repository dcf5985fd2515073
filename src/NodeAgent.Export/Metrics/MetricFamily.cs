// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Export.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric name. Thread-safe.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, double[] bounds, int maxSeries, SeriesBudget budget)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public string Help { get; } = help;

    public MetricKind Kind { get; } = kind;

    public double[] Bounds { get; } = bounds;

    /// <summary>Begins a reading: what is observed is forgotten, so a series that is not reported any more is gone.</summary>
    public void BeginCollection()
    {
        lock (_lock)
        {
            foreach ((string labels, MetricSeries series) in _series)
            {
                if (!series.IsLasting)
                {
                    _series.Remove(labels);
                    budget.Release();
                }
            }
        }
    }

    /// <summary>For observable instruments: the value as it is.</summary>
    /// <returns>False when there is no room for one more series.</returns>
    public bool TrySet(string labels, double value)
    {
        lock (_lock)
        {
            if (Find(labels) is not { } series)
            {
                return false;
            }

            // Two instruments may share a name and labels, one per instance of a class: counters of them add up.
            series.Value = Kind == MetricKind.Counter ? series.Value + value : value;
            return true;
        }
    }

    /// <summary>For counters that are told what to add, and histograms.</summary>
    /// <returns>False when there is no room for one more series.</returns>
    public bool TryAdd(string labels, double value, bool replace)
    {
        lock (_lock)
        {
            if (Find(labels) is not { } series)
            {
                return false;
            }

            series.IsLasting = true;
            series.Value = replace ? value : series.Value + value;
            if (series.Buckets is { } buckets)
            {
                series.Count++;
                for (int at = 0; at < Bounds.Length; at++)
                {
                    buckets[at] += value <= Bounds[at] ? 1 : 0;
                }
            }

            return true;
        }
    }

    /// <returns>The series, in the order of their labels.</returns>
    public List<(string Labels, MetricSeries Series)> Snapshot()
    {
        lock (_lock)
        {
            var shown = new List<(string Labels, MetricSeries Series)>(_series.Count);
            foreach ((string labels, MetricSeries series) in _series)
            {
                shown.Add((labels, series.Copy()));
            }

            shown.Sort((a, b) => string.CompareOrdinal(a.Labels, b.Labels));
            return shown;
        }
    }

    private MetricSeries? Find(string labels)
    {
        if (_series.TryGetValue(labels, out MetricSeries? series))
        {
            return series;
        }

        if (_series.Count >= maxSeries || !budget.TryReserve())
        {
            return null;
        }

        series = new MetricSeries { Buckets = Kind == MetricKind.Histogram ? new long[Bounds.Length] : null };
        _series.Add(labels, series);
        return series;
    }

    public static MetricKind KindOf(Instrument instrument)
    {
        Type type = instrument.GetType();
        Type shape = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return shape == typeof(Counter<>) || shape == typeof(ObservableCounter<>) ? MetricKind.Counter
            : shape == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }
}

/// <summary>The room that all metrics share. Thread-safe.</summary>
internal sealed class SeriesBudget(int capacity)
{
    private int _used;

    public bool TryReserve()
    {
        if (Interlocked.Increment(ref _used) <= capacity)
        {
            return true;
        }

        Interlocked.Decrement(ref _used);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _used);
}

/// <summary>One combination of labels.</summary>
internal sealed class MetricSeries
{
    /// <summary>The value; of a histogram the sum.</summary>
    public double Value { get; set; }

    public long Count { get; set; }

    /// <summary>Cumulative, as the format wants them; null unless it is a histogram's.</summary>
    public long[]? Buckets { get; init; }

    /// <summary>It was written to, not observed, and stays.</summary>
    public bool IsLasting { get; set; }

    public MetricSeries Copy() => new() { Value = Value, Count = Count, Buckets = (long[]?)Buckets?.Clone() };
}
