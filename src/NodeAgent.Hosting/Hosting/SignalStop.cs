// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace NodeAgent.Hosting;

/// <summary>Turns SIGTERM, SIGINT and SIGHUP into a cancellation, so that a stop is always the orderly one.</summary>
public sealed class SignalStop : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    private SignalStop(CancellationTokenSource stop)
    {
        _registrations =
        [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            })),
        ];
    }

    public static SignalStop On(CancellationTokenSource stop) => new(stop);

    /// <summary>Ends, without failing, when the token is cancelled.</summary>
    public static async Task Wait(CancellationToken stop)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(cancelled.SetResult);
        await cancelled.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
