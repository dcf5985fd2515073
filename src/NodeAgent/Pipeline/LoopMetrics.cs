// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Pipeline;

/// <summary>Counters of the event loop. Written by its thread only.</summary>
internal sealed class LoopMetrics : IDisposable
{
    private static readonly int Causes = Enum.GetValues<LossCause>().Length;
    private readonly Meter _meter = new("NodeAgent.Pipeline");
    private readonly long[] _lost = new long[Causes * ((int)EventKind.Limit + 1)];
    private long _records;

    public LoopMetrics()
    {
        _meter.CreateObservableCounter("node_agent_events_total", () => Volatile.Read(ref _records), description: "Records that the event loop took from the rings.");
        _meter.CreateObservableCounter("node_agent_events_lost_total", Lost, description: "Events that did not reach the stages, by cause and kind.");
    }

    public long Records
    {
        get => _records;
        set => Volatile.Write(ref _records, value);
    }

    public void AddLoss(in LossEvent loss) => _lost[Index(loss.Cause, loss.Kind)] += (long)loss.Count;

    public void Dispose() => _meter.Dispose();

    private static int Index(LossCause cause, EventKind kind) => ((int)cause * ((int)EventKind.Limit + 1)) + Math.Min((int)kind, (int)EventKind.Limit);

    private IEnumerable<Measurement<long>> Lost()
    {
        foreach (LossCause cause in Enum.GetValues<LossCause>())
        {
            for (int kind = 0; kind <= (int)EventKind.Limit; kind++)
            {
                long count = Volatile.Read(ref _lost[Index(cause, (EventKind)kind)]);
                if (count > 0 || kind == 0)
                {
                    string name = kind == 0 ? "any" : kind == (int)EventKind.Limit ? "other" : ((EventKind)kind).ToString();
                    yield return new Measurement<long>(count, new("cause", cause.ToString()), new("kind", name));
                }
            }
        }
    }
}
