// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Tests.Cluster;

/// <summary>Reads one observable instrument, of whichever meter of this process has it.</summary>
internal sealed class MetricReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private List<string> _labels = [];

    public MetricReader(string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = new List<string>();
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                values.Add($"{tag.Value}");
            }

            lock (_lock)
            {
                _labels.Add(string.Join(' ', values));
            }
        });
        _listener.Start();
    }

    /// <returns>The values of the labels of each series there is now, by blanks.</returns>
    public IReadOnlyList<string> Read()
    {
        lock (_lock)
        {
            _labels = [];
        }

        _listener.RecordObservableInstruments();
        lock (_lock)
        {
            return _labels;
        }
    }

    public void Dispose() => _listener.Dispose();
}
