// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>Keeps what it is sent and answers as it is told.</summary>
internal sealed class ScriptedTransport : IAlertTransport
{
    public ConcurrentQueue<string> Received { get; } = new();

    public ConcurrentQueue<int> BatchSizes { get; } = new();

    /// <summary>What is said to a batch; those that are delivered are kept.</summary>
    public Func<IReadOnlyList<AlertMessage>, DeliveryResult> Answer { get; set; } = _ => DeliveryResult.Delivered;

    /// <summary>Each attempt waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int MaxBatch { get; set; } = 16;

    public TimeSpan SettleTime { get; set; }

    public bool IsIntact { get; set; } = true;

    public bool HasAllAcknowledged { get; set; } = true;

    public bool Finishes { get; set; }

    public bool IsDisposed { get; private set; }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<AlertMessage> batch, CancellationToken cancellation)
    {
        await Gate.WaitAsync(cancellation);
        BatchSizes.Enqueue(batch.Count);
        DeliveryResult result = Answer(batch);
        for (int at = 0; at < batch.Count; at++)
        {
            if ((result.Items?[at] ?? result.Outcome) == DeliveryOutcome.Delivered)
            {
                Received.Enqueue(Alerts.IdOf(batch[at]));
            }
        }

        return result;
    }

    public ValueTask<bool> FinishAsync(CancellationToken cancellation) => ValueTask.FromResult(Finishes);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
