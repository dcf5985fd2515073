// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using NodeAgent.Cluster;
using NodeAgent.Events;
using NodeAgent.Events.Files;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Pipeline;

/// <summary>The last stage: turns events into rows for a person who watches. Full queue: the row is dropped and counted.</summary>
/// <param name="peers">Names the other ends of connections; null = nobody can.</param>
internal sealed partial class LiveView(TraceFilter filter, EventClock clock, int capacity, ClusterPeers? peers = null) : IEventConsumer
{
    private readonly Channel<TraceRow> _rows = Channel.CreateBounded<TraceRow>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private long _dropped;
    private long _lost;

    public ChannelReader<TraceRow> Rows => _rows.Reader;

    /// <summary>Rows that the reader was too slow for.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Events that never reached user space.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public void Complete() => _rows.Writer.TryComplete();

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        if (!exec.IsSnapshot && filter.Accepts(TraceKind.Exec, subject.Container))
        {
            string argv = string.Join(' ', subject.Process.Argv);
            Write(exec.Record.Header, "exec", subject, $"{ByteText.Decode(exec.Exe)}{Marks(exec.Record.Flags)}{(subject.Process.IsSession ? " (session)" : string.Empty)} [{argv}]");
        }
    }

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
    }

    public void OnExit(in ExitEvent exit, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Exit, subject.Container))
        {
            Write(exit.Record.Header, "exit", subject, exit.Record.Signal != 0 ? $"signal {exit.Record.Signal}" : $"code {exit.Record.ExitCode}");
        }
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Open, subject.Container))
        {
            Write(open.Record.Header, "open", subject, $"{ByteText.Decode(open.Path)} {string.Join('|', OpenFlagNames.Of(open.Record.Flags))}{Outcome(open.Record.Error)}");
        }
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
    }

    public void OnLoss(in LossEvent loss) => Volatile.Write(ref _lost, _lost + (long)loss.Count);

    public void OnTick(ulong bootTimeNs)
    {
    }

    private static string Marks(ExecFlags flags) =>
        string.Concat(
            flags.HasFlag(ExecFlags.UpperLayer) ? " (upper layer)" : string.Empty,
            flags.HasFlag(ExecFlags.Memfd) ? " (memfd)" : string.Empty,
            flags.HasFlag(ExecFlags.Deleted) ? " (deleted)" : string.Empty);

    private void Write(in HeaderRecord header, string kind, EventSubject subject, string detail)
    {
        ContainerIdentity identity = subject.Container.Identity;
        ProcessInfo process = subject.Process;
        string comm = process.Comm.Length > 0 ? process.Comm : CommText.Decode(in header.Comm);
        var row = new TraceRow(
            clock.ToWallClock(header.TimeNs),
            kind,
            identity.Workload.Namespace,
            $"{identity.Workload.Kind}/{identity.Workload.Name}",
            identity.ContainerName.Length > 0 ? identity.ContainerName : identity.Workload.Name,
            header.Pid,
            process.ParentPid,
            header.Uid,
            comm,
            detail)
        {
            Pod = identity.PodName,
            PodUid = identity.PodUid,
            ContainerId = identity.ContainerId,
            Image = identity.Image,
        };
        if (!_rows.Writer.TryWrite(row))
        {
            Volatile.Write(ref _dropped, _dropped + 1);
        }
    }
}
