// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>How alerts get to one receiver. Used by one task.</summary>
internal interface IAlertTransport : IAsyncDisposable
{
    /// <summary>Most alerts of one attempt.</summary>
    int MaxBatch { get; }

    /// <summary>How long an attempt waits for further alerts; zero = it takes those that are there.</summary>
    TimeSpan BatchWait => TimeSpan.Zero;

    /// <summary>
    /// Zero: the receiver answers each attempt. Else it never answers, and what was sent counts as delivered when the connection
    /// has held for this long after it; breaks it before, what was sent within is sent again.
    /// </summary>
    TimeSpan SettleTime => TimeSpan.Zero;

    /// <summary>Whether the connection still stands, for those that settle.</summary>
    bool IsIntact => true;

    /// <summary>Whether the other machine has all that was sent, for those that settle.</summary>
    bool HasAllAcknowledged => true;

    /// <summary>Alerts that lost something to a limit of the receiver.</summary>
    long Shortened => 0;

    /// <summary>Whether both may be in one attempt.</summary>
    bool MayJoin(AlertMessage first, AlertMessage next) => true;

    /// <remarks>Errors: <see cref="IOException"/>, <see cref="HttpRequestException"/>, <see cref="System.Net.Sockets.SocketException"/>,
    /// <see cref="System.Security.Authentication.AuthenticationException"/>, <see cref="OperationCanceledException"/> mean "try again".</remarks>
    ValueTask<DeliveryResult> SendAsync(IReadOnlyList<AlertMessage> batch, CancellationToken cancellation);

    /// <summary>Closes the way in order.</summary>
    /// <returns>True when the receiver let know that it has read all; for those that settle.</returns>
    ValueTask<bool> FinishAsync(CancellationToken cancellation) => ValueTask.FromResult(false);
}
