// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Interop.Platform;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Admission;

/// <summary>The way of a request from the endpoint to the rules: a bounded queue, a task that finds out whose pod it is about, and the event loop's next tick.</summary>
/// <remarks><see cref="Take"/> any thread, <see cref="OnTick"/> the loop's. What finds the queue full is allowed like all others, and counted.</remarks>
internal sealed class AdmissionFeed : IEventConsumer, IAsyncDisposable
{
    // Units: requests. More than all people of a large cluster make in a second.
    private const int QueueLength = 1024;

    // What one tick judges: some milliseconds of the loop's time. All that waits for it is judged by the last one.
    private const int PerTick = 256;
    private const int Remembered = 4096;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(0.5);

    private readonly RuleEngine _rules;
    private readonly PodNames _pods;
    private readonly AdmissionMetrics _metrics;
    private readonly SeenRequests _seen = new(Remembered);
    private readonly EventSubject _subject = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _naming;
    private readonly Channel<AdmissionCall> _taken = Channel.CreateBounded<AdmissionCall>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Channel<AdmissionCall> _named = Channel.CreateBounded<AdmissionCall>(new BoundedChannelOptions(PerTick) { SingleReader = true, SingleWriter = true });

    public AdmissionFeed(RuleEngine rules, PodNames pods)
    {
        (_rules, _pods) = (rules, pods);
        _metrics = new AdmissionMetrics(() => _taken.Reader.Count + _named.Reader.Count);
        _naming = Task.Run(NameAsync);
    }

    public AdmissionMetrics Metrics => _metrics;

    public void Take(AdmissionRequest request)
    {
        AdmissionKind kind = request.Kind?.Kind switch
        {
            "PodExecOptions" => AdmissionKind.Exec,
            "PodPortForwardOptions" => AdmissionKind.PortForward,
            _ => AdmissionKind.Other,
        };
        _metrics.Count(kind, OutcomeOf(request));
    }

    public void OnTick(ulong bootTimeNs)
    {
        for (int count = 0; count < PerTick && _named.Reader.TryRead(out AdmissionCall? call); count++)
        {
            _subject.Container = call.Container!;
            _rules.OnAdmission(call.Event, _subject);
        }
    }

    /// <summary>Takes no more, and lets what was taken go to the loop, which has to have its last tick after this.</summary>
    /// <returns>Requests that were taken and are not judged any more.</returns>
    public async Task<int> StopAsync()
    {
        _taken.Writer.TryComplete();
        _stop.CancelAfter(StopLimit);
        await _naming.ConfigureAwait(false);
        return _taken.Reader.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _stop.Dispose();
    }

    private AdmissionOutcome OutcomeOf(AdmissionRequest request)
    {
        if (request.DryRun == true)
        {
            return AdmissionOutcome.DryRun;
        }

        if (!_seen.TryAdd(request.Uid!))
        {
            return AdmissionOutcome.Repeated;
        }

        if (_taken.Writer.TryWrite(AdmissionCall.Of(request, BootClock.NowNs)))
        {
            return AdmissionOutcome.Taken;
        }

        _seen.Remove(request.Uid!);
        return AdmissionOutcome.Dropped;
    }

    private async Task NameAsync()
    {
        try
        {
            await foreach (AdmissionCall call in _taken.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                (ContainerIdentity identity, string node, PodSource source) = await _pods.FindAsync(call.Event.Namespace, call.PodName, call.ContainerName, _stop.Token).ConfigureAwait(false);
                if (call.PodName.Length > 0)
                {
                    _metrics.CountPod(source);
                }

                AdmissionEvent seen = node.Length == 0 ? call.Event : call.Event with { NodeName = node };
                await _named.Writer.WriteAsync(call with { Event = seen, Container = new ContainerInfo(0, string.Empty) { Identity = identity } }, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The time to stop is over; what is left is counted by whoever stops this.
        }
    }
}
