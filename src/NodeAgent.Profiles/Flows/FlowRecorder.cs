// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Flows;

/// <summary>Counts the flows of every container, whether its profile is complete or not, and hands the counts to a <see cref="FlowWriter"/>.</summary>
/// <remarks>
/// The events come on the event loop's thread: one look-up for each, no allocation for a flow that is known. Names of the ends are looked up in
/// the background. While that is busy the counts stay here: a slow disk costs no count.
/// </remarks>
public sealed class FlowRecorder : IEventConsumer, IAsyncDisposable
{
    private const int Batches = 2;

    private readonly FlowHistoryOptions _options;
    private readonly INameLookup _names;
    private readonly FlowMetrics _metrics = new();
    private readonly Channel<FlowBatch> _batches = Channel.CreateBounded<FlowBatch>(new BoundedChannelOptions(Batches) { SingleReader = true, SingleWriter = true });
    private readonly FlowWriter _writer;
    private readonly Task _writing;
    private readonly Dictionary<LiveFlow, Cell> _cells = [];
    private readonly List<Cell> _touched = [];
    private ulong _nowNs;
    private ulong _nextBatchNs;
    private bool _isFull;

    /// <param name="profiles">Says how workloads are named, as their profiles are.</param>
    /// <param name="peers">Which pods are behind an address; null = nobody knows.</param>
    /// <param name="nodes">Which addresses are nodes'; null = nobody knows.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message names its key.</exception>
    public FlowRecorder(
        FlowHistoryOptions options, ProfileOptions profiles, INameLookup names, TimeProvider time, ILogger<FlowRecorder> logger, IPeerLookup? peers = null, INodeLookup? nodes = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _names = names;
        _writer = new FlowWriter(options, profiles, _batches.Reader, peers, nodes, time, logger, _metrics);
        _writing = Task.Run(_writer.RunAsync);
    }

    public void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
        // What failed was no flow: nothing came of it that a policy could have cut.
        if (tcp.Record.Direction == FlowDirection.Unknown || tcp.Record.Error != 0)
        {
            return;
        }

        bool egress = tcp.Record.Direction == FlowDirection.Outbound;
        var flow = new LiveFlow(subject.Container.CgroupId, tcp.RemoteAddress, egress ? tcp.Record.RemotePort : tcp.Record.LocalPort, TransportProtocol.Tcp, egress);
        Note(flow, subject.Container, tcp.Record.Header.Kind == EventKind.TcpClose ? 0 : Times(tcp.Repeats), tcp.Record.Header.TimeNs);
    }

    public void OnFlow(in FlowEvent flow, EventSubject subject)
    {
        if (flow.Record.Direction == FlowDirection.Unknown || flow.Record.Protocol is not (6 or 17 or 132))
        {
            return;
        }

        bool egress = flow.Record.Direction == FlowDirection.Outbound;
        var live = new LiveFlow(
            subject.Container.CgroupId, flow.RemoteAddress, egress ? flow.Record.RemotePort : flow.Record.LocalPort, (TransportProtocol)flow.Record.Protocol, egress);

        // Nothing in a datagram says who began: an answer is what goes back to a peer that is known the other way round.
        var back = live with { Port = egress ? flow.Record.LocalPort : flow.Record.RemotePort, Egress = !egress };
        if (_cells.TryGetValue(back, out Cell? asked))
        {
            Touch(asked, 0, flow.Record.Header.TimeNs);
            return;
        }

        Note(live, subject.Container, Times(flow.Repeats), flow.Record.Header.TimeNs);
    }

    public void OnTick(ulong bootTimeNs)
    {
        _nowNs = Math.Max(_nowNs, bootTimeNs);
        if (_nowNs < _nextBatchNs)
        {
            return;
        }

        _nextBatchNs = _nowNs + ((ulong)_options.Interval.Ticks * 100);
        // Only this thread writes: where there is room now, there is room for it.
        if ((_touched.Count > 0 || _writer.HasWaiting) && _batches.Reader.Count < Batches && _batches.Writer.TryWrite(Batch()))
        {
            _touched.Clear();
        }

        ForgetEnded();
        _isFull = false;
        _metrics.Live = _cells.Count;
    }

    /// <summary>Call it when the event loop has ended: writes what is there.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        FlowBatch? last = _touched.Count > 0 ? Batch() : null;
        _touched.Clear();
        try
        {
            if (last is not null)
            {
                await _batches.Writer.WriteAsync(last, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException)
        {
            // It was stopped before.
        }

        _batches.Writer.TryComplete();
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    public void OnLoss(in LossEvent loss)
    {
        // A profile says that it is partial; the history claims nothing of what it has not.
    }

    private static long Times(ulong repeats) => repeats == 0 ? 1 : (long)Math.Min(repeats, long.MaxValue);

    private void Note(in LiveFlow flow, ContainerInfo container, long count, ulong timeNs)
    {
        if (_cells.TryGetValue(flow, out Cell? cell))
        {
            Touch(cell, count, timeNs);
            return;
        }

        if (flow.CgroupId == 0 || flow.Port == 0 || flow.Address.IsLoopback || flow.Address.IsUnspecified)
        {
            return;
        }

        if (_isFull || (_cells.Count >= _options.MaxLive && !ForgetQuiet()))
        {
            _metrics.DroppedLive++;
            return;
        }

        string? name = flow.Egress && _names.TryGetName(container, flow.Address, out string? found) && found.Length > 0 ? found.TrimEnd('.').ToLowerInvariant() : null;
        cell = new Cell(flow, container, name);
        _cells[flow] = cell;
        Touch(cell, count, timeNs);
    }

    private void Touch(Cell cell, long count, ulong timeNs)
    {
        _metrics.Seen++;
        if (!cell.IsTouched)
        {
            cell.IsTouched = true;
            cell.FirstNs = timeNs;
            cell.LastNs = timeNs;
            _touched.Add(cell);
        }

        cell.Count += count;
        cell.LastNs = Math.Max(cell.LastNs, timeNs);
    }

    private FlowBatch Batch()
    {
        var news = new FlowNews[_touched.Count];
        for (int i = 0; i < news.Length; i++)
        {
            Cell cell = _touched[i];
            news[i] = new FlowNews(cell.Flow, cell.Container, cell.Count, cell.FirstNs, cell.LastNs, cell.Name);
            cell.Count = 0;
            cell.IsTouched = false;
        }

        return new FlowBatch(news, _nowNs);
    }

    private void ForgetEnded()
    {
        foreach ((LiveFlow flow, Cell cell) in _cells)
        {
            if (cell.Container.RemovedNs != 0 && !cell.IsTouched)
            {
                _cells.Remove(flow);
            }
        }
    }

    // Those that wait for the next batch stay; the others are only there to save work, and to know an answer for one.
    private bool ForgetQuiet()
    {
        foreach ((LiveFlow flow, Cell cell) in _cells)
        {
            if (!cell.IsTouched)
            {
                _cells.Remove(flow);
            }
        }

        _isFull = _cells.Count >= _options.MaxLive;
        return !_isFull;
    }

    private sealed class Cell(LiveFlow flow, ContainerInfo container, string? name)
    {
        public LiveFlow Flow { get; } = flow;

        public ContainerInfo Container { get; } = container;

        public string? Name { get; } = name;

        public long Count { get; set; }

        public ulong FirstNs { get; set; }

        public ulong LastNs { get; set; }

        /// <summary>Whether the next batch has it.</summary>
        public bool IsTouched { get; set; }
    }
}
