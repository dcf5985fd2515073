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
            string rule = string.Empty;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                rule = tag.Key == "rule_id" ? (string)tag.Value! : rule;
            }

            (string, string) key = (instrument.Name, rule);
            _values[key] = Math.Max(value, _values.GetValueOrDefault(key));
        });
        _listener.Start();
    }

    public long Read(string name, string ruleId = "")
    {
        _listener.RecordObservableInstruments();
        return _values.GetValueOrDefault((name, ruleId));
    }

    public void Dispose() => _listener.Dispose();
}
