// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Export.Sinks;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>Keeps what it gets; waits or fails when told to.</summary>
internal sealed class TestSink(string name) : IAlertSink
{
    public string Name { get; } = name;

    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>Each write waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool IgnoresCancellation { get; set; }

    public bool Fails { get; set; }

    public bool Disposed { get; private set; }

    public async ValueTask WriteAsync(AlertMessage message, CancellationToken cancellation)
    {
        await (IgnoresCancellation ? Gate : Gate.WaitAsync(cancellation));
        if (Fails)
        {
            throw new IOException("told to fail");
        }

        Messages.Enqueue(message.Alert.Spec.Alerts[0].Message);
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
