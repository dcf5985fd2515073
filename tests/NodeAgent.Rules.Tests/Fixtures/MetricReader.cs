// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Rules.Tests.Fixtures;

/// <summary>Reads the meter of the rules; the largest value counts, since other tests' engines report too.</summary>
internal sealed class MetricReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string, string), long> _values = [];

    public MetricReader()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "NodeAgent.Rules")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                Note((instrument.Name, (string)tag.Value!), value);
            }

            Note((instrument.Name, string.Empty), value);
        });
        _listener.Start();
    }

    /// <param name="name">Of the instrument.</param>
    /// <param name="label">A value of one of its labels: a rule's id, a reason.</param>
    public long Read(string name, string label = "")
    {
        _listener.RecordObservableInstruments();
        return _values.GetValueOrDefault((name, label));
    }

    private void Note((string Name, string Label) key, long value) => _values[key] = Math.Max(value, _values.GetValueOrDefault(key));

    public void Dispose() => _listener.Dispose();
}
