// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using NodeAgent.Enrichment.Containers.Cri;

namespace NodeAgent.Enrichment.Containers;

/// <summary>When a runtime that failed may be asked again: after a pause that doubles with each failure. For one task.</summary>
internal sealed class RuntimeBackoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private TimeSpan _pause;
    private long _failedAt;

    public long Failures { get; private set; }

    public bool IsDue => _pause == TimeSpan.Zero || time.GetElapsedTime(_failedAt) >= _pause;

    public void Fail()
    {
        Failures++;
        _failedAt = time.GetTimestamp();
        _pause = _pause == TimeSpan.Zero ? first : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, longest.Ticks));
    }

    public void Succeed() => _pause = TimeSpan.Zero;

    /// <summary>Whether an exception means that the runtime is not there, hangs or talks nonsense.</summary>
    public static bool IsFailure(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException or SocketException or GrpcException or TimeoutException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);
}
