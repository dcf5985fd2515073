// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Events;
using NodeAgent.Events.Files;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Watching;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Integrity;

/// <summary>Tells who changed which watched file, from what to what. Sees the events; a <see cref="IntegrityWorker"/> of its own looks at the files.</summary>
/// <remarks>An event about another file costs a comparison for each watched path and allocates nothing. All but <see cref="DisposeAsync"/> belongs to the event loop's thread.</remarks>
public sealed class IntegrityWatch : IEventConsumer, IAsyncDisposable
{
    private const int QueueCapacity = 8192;

    private readonly IntegrityOptions _options;
    private readonly IEventAlerts _alerts;
    private readonly ChannelWriter<RuntimeAlerts> _output;
    private readonly IntegrityMetrics _metrics = new();
    private readonly ChangeGate _gate = new();
    private readonly Channel<FileObservation> _queue = Channel.CreateBounded<FileObservation>(new BoundedChannelOptions(QueueCapacity) { SingleReader = true, SingleWriter = true });
    private readonly IntegrityWorker _worker;
    private readonly EventSubject _nobody;
    private bool _missed;

    /// <param name="alerts">Makes alerts on the loop's thread.</param>
    /// <param name="files">The kernel's list of files of which it is to keep nothing to itself.</param>
    /// <param name="output">Where alerts go.</param>
    public IntegrityWatch(IntegrityOptions options, IEventAlerts alerts, IWatchedFiles files, ChannelWriter<RuntimeAlerts> output, ILogger<IntegrityWatch> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _alerts = alerts;
        _output = output;
        var node = new ContainerIdentity { Kind = UnitKind.Host, Workload = ContainerNaming.Standalone(UnitKind.Host, options.NodeName) };
        _nobody = new EventSubject { Container = new ContainerInfo(0, "/") { Identity = node } };
        _worker = new IntegrityWorker(options, _queue.Reader, alerts, files, output, _metrics, logger, time);
    }

    /// <summary>Begins to look at files.</summary>
    public void Start() => _worker.Start();

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _worker.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
        ref readonly OpenRecord record = ref open.Record;
        if (open.Failed || !open.MayWrite || !FileTypes.MayBeRegular(record.Mode) || (record.RecordFlags & (OpenRecordFlags.Memfd | OpenRecordFlags.Deleted)) != 0)
        {
            return;
        }

        Observe(new Seen(open.IsNew ? FileChanges.Create : FileChanges.Change, open.Path, default, default, record.Inode, record.Device), in record.Header, subject);
    }

    public void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
        ref readonly FileChangeRecord record = ref change.Record;
        if (!change.Failed && KindOf(in change) is var kind && kind != FileChanges.None)
        {
            // What a symbolic link says is no path of a file.
            ReadOnlySpan<byte> other = record.Operation is FileOperation.Rename or FileOperation.Link ? change.OtherPath : default;
            Observe(new Seen(kind, change.Path, other, change.Name, record.Inode, record.Device), in record.Header, subject);
        }
    }

    public void OnLoss(in LossEvent loss) => _missed |= loss.Kind is EventKind.None or EventKind.Open or EventKind.FileChange || loss.Class is EventClass.File;

    public void OnTick(ulong bootTimeNs)
    {
        foreach (FileObservation repeated in _gate.TakeDue(bootTimeNs))
        {
            Pass(repeated);
        }

        if (_missed)
        {
            _missed = false;
            _worker.Compare();
        }

        while (_worker.TryTakeFinding(out BaselineFinding? finding))
        {
            Tell(finding, bootTimeNs);
        }
    }

    private static FileChanges KindOf(in FileChangeEvent change) => change.Record.Operation switch
    {
        FileOperation.Create or FileOperation.Mkdir or FileOperation.Symlink => FileChanges.Create,
        FileOperation.Unlink or FileOperation.Rmdir => FileChanges.Remove,
        FileOperation.Rename => FolderOf(change.Path).SequenceEqual(FolderOf(change.OtherPath)) ? FileChanges.Rename : FileChanges.Move,
        FileOperation.Link => FileChanges.Link,
        FileOperation.Chmod => FileChanges.Chmod,
        FileOperation.Chown => FileChanges.Chown,
        FileOperation.Truncate => FileChanges.Change,
        FileOperation.SetXattr or FileOperation.RemoveXattr => FileChanges.Attributes,
        FileOperation.Mount or FileOperation.Umount => FileChanges.Mount,
        _ => FileChanges.None,
    };

    private static ReadOnlySpan<byte> FolderOf(ReadOnlySpan<byte> path) => path.LastIndexOf((byte)'/') is > 0 and int slash ? path[..slash] : default;

    private void Observe(in Seen seen, in HeaderRecord header, EventSubject subject)
    {
        bool isHost = subject.Container.Identity.Kind is UnitKind.Host or UnitKind.SystemdUnit or UnitKind.Cgroup;
        string? known = null;
        WatchedPath? watched = Find(isHost ? WatchScopes.Host : WatchScopes.Containers, in seen);
        if (watched is null)
        {
            // The machine's file by another name: through a mount in a container, by a hard link.
            if (!_worker.TryFindFile(seen.Inode, seen.Device, out known) || (watched = FindHost(known, seen.Change)) is null)
            {
                return;
            }

            isHost = true;
        }

        ProcessKey process = subject.Process.Key with { Pid = header.Pid };
        if (_gate.IsRepeat(seen.Change, seen.Inode, seen.Device, process, header.TimeNs))
        {
            return;
        }

        if (!_gate.TrySpend(header.CgroupId, header.TimeNs))
        {
            _metrics.Dropped("rate");
            _missed = true;
            return;
        }

        FileObservation observation = Copy(in seen, watched, isHost, known, process, in header, subject);
        _gate.Note(observation, header.TimeNs);
        Pass(observation);
    }

    private WatchedPath? Find(WatchScopes scope, in Seen seen) =>
        _options.Watched.Find(scope, seen.Path, seen.Change) ?? (seen.OtherPath.IsEmpty ? null : _options.Watched.Find(scope, seen.OtherPath, seen.Change));

    private WatchedPath? FindHost(string path, FileChanges change) => _options.Watched.Find(WatchScopes.Host, ByteText.Encode(path), change);

    private FileObservation Copy(in Seen seen, WatchedPath watched, bool isHost, string? known, ProcessKey process, in HeaderRecord header, EventSubject subject)
    {
        string called = ByteText.Decode(seen.Path);
        string path = known ?? called;
        string? old = seen.OtherPath.IsEmpty ? null : ByteText.Decode(seen.OtherPath);
        RuleDescriptor rule = IntegrityRules.Of(seen.Change);
        rule = watched.Severity == 0 ? rule : rule with { Severity = watched.Severity };
        string message = FileChangeTexts.Message(seen.Change, CommText.Decode(in header.Comm), path, old, ByteText.Decode(seen.Name));
        var arguments = new AlertArguments { Path = path, OldPath = old, NewPath = old is null ? null : path, ExePath = subject.Process.ExePath.Length == 0 ? null : subject.Process.ExePath };
        var identifiers = new AlertIdentifiers { File = AlertFileIdentifier.Of(path) };
        RuntimeAlerts alert = _alerts.Build(rule, new AlertFacts(message, arguments, identifiers), in header, subject, $"{path}\n{subject.Process.ExePath}");
        return new FileObservation(
            seen.Change, watched, isHost, path, old, known is null || known == called ? null : called, seen.Inode, seen.Device, process, subject.Container, subject.Process.ExePath, alert);
    }

    private void Pass(FileObservation observation)
    {
        if (!_queue.Writer.TryWrite(observation))
        {
            _metrics.Dropped("queue", 1 + observation.Repeats);
            _missed = true;
        }
    }

    private void Tell(BaselineFinding finding, ulong bootTimeNs)
    {
        RuleDescriptor rule = finding.Watched.Severity == 0 ? IntegrityRules.Unseen : IntegrityRules.Unseen with { Severity = finding.Watched.Severity };
        string message = FileChangeTexts.Unseen(finding);
        var facts = new AlertFacts(message, new AlertArguments { Path = finding.Path, FileChange = FileChangeAlerts.Describe(finding), FileHash = FileChangeAlerts.HashOf(finding.Path, finding.After) }, null);
        RuntimeAlerts alert = _alerts.Build(rule, facts, new HeaderRecord { TimeNs = bootTimeNs }, _nobody, $"{finding.Path}\n{finding.After?.Sha256}");
        if (_output.TryWrite(alert))
        {
            _metrics.Told("unseen");
        }
        else
        {
            _metrics.Dropped("alerts");
        }
    }

    // One change as the ring has it.
    private readonly ref struct Seen(FileChanges change, ReadOnlySpan<byte> path, ReadOnlySpan<byte> otherPath, ReadOnlySpan<byte> name, ulong inode, uint device)
    {
        public readonly FileChanges Change = change;
        public readonly ReadOnlySpan<byte> Path = path;
        public readonly ReadOnlySpan<byte> OtherPath = otherPath;
        public readonly ReadOnlySpan<byte> Name = name;
        public readonly ulong Inode = inode;
        public readonly uint Device = device;
    }
}
