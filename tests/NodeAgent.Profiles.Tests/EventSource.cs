// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Profiles.Tests;

/// <summary>Plays events into a learner or another stage, made of wire records as the ring holds them.</summary>
internal sealed class EventSource(IEventConsumer learner)
{
    public const ulong Second = 1_000_000_000;

    private readonly EventSubject _subject = new();

    public ulong NowNs { get; set; } = 1000 * Second;

    public static ProfileLearner Learner(ProfileOptions? options = null, INameLookup? names = null, IPeerLookup? peers = null) =>
        new(options ?? Options(), names ?? new FakeNames(), TimeProvider.System, NullLogger<ProfileLearner>.Instance, peers: peers);

    public static ProfileOptions Options(string directory = "") => new()
    {
        LearningPeriod = TimeSpan.FromSeconds(100),
        InitialDelay = TimeSpan.FromSeconds(10),
        UpdateInterval = TimeSpan.FromSeconds(20),
        CheckpointInterval = TimeSpan.FromSeconds(1),
        CheckpointDirectory = directory,
        ClusterName = "c",
        HostName = "node-1",
    };

    public ContainerInfo Container(string name = "nginx", ulong id = 77, bool fromStart = true) =>
        new(id, "/kubepods/pod1/" + name)
        {
            SeenFromStart = fromStart,
            FirstSeenNs = NowNs,
            Identity = new ContainerIdentity
            {
                Kind = UnitKind.Container,
                ContainerId = name + "-id",
                ContainerName = name,
                PodLabels = new Dictionary<string, string> { ["app"] = name, ["pod-template-hash"] = "77b4fdf86c" },
                Workload = new WorkloadIdentity("apps/v1", "ReplicaSet", "default", "web-77b4fdf86c"),
            },
        };

    public void Exec(ContainerInfo container, string exe, params string[] argv) => ExecWith(container, [], exe, argv);

    /// <param name="environment">Shape: <c>NAME=VALUE</c> each.</param>
    public void ExecWith(ContainerInfo container, string[] environment, string exe, params string[] argv)
    {
        byte[] exeBytes = Encoding.UTF8.GetBytes(exe);
        byte[] argvBytes = [.. argv.SelectMany(a => Encoding.UTF8.GetBytes(a).Append((byte)0))];
        var record = new ExecRecord { Header = Header(EventKind.Exec) };
        record.Exe = new WireString { Offset = 0, Length = (ushort)exeBytes.Length };
        record.Argv = new WireString { Offset = (ushort)exeBytes.Length, Length = (ushort)argvBytes.Length };
        byte[] variables = [.. environment.SelectMany(a => Encoding.UTF8.GetBytes(a).Append((byte)0))];
        record.Environment = new WireString { Offset = (ushort)(exeBytes.Length + argvBytes.Length), Length = (ushort)variables.Length };
        learner.OnExec(new ExecEvent(in record, (byte[])[.. exeBytes, .. argvBytes, .. variables]), Subject(container));
    }

    public void Open(ContainerInfo container, string path, uint flags = 0, uint error = 0) => Open(container, Encoding.UTF8.GetBytes(path), flags, error);

    public void Open(ContainerInfo container, byte[] path, uint flags = 0, uint error = 0)
    {
        var record = new OpenRecord { Header = Header(EventKind.Open), Flags = flags, Error = error };
        record.Path = new WireString { Length = (ushort)path.Length };
        learner.OnOpen(new OpenEvent(in record, path), Subject(container));
    }

    public void Tcp(ContainerInfo container, FlowDirection direction, string remote, ushort localPort, ushort remotePort, uint error = 0, EventKind kind = EventKind.TcpConnect)
    {
        (ushort family, Bytes16 bytes) = Address(remote);
        var record = new TcpRecord
        {
            Header = Header(kind),
            Family = family,
            RemoteAddress = bytes,
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Error = error,
        };
        learner.OnTcp(new TcpEvent(in record), Subject(container));
    }

    public void Udp(ContainerInfo container, FlowDirection direction, string remote, ushort localPort, ushort remotePort)
    {
        (ushort family, Bytes16 bytes) = Address(remote);
        var record = new FlowRecord
        {
            Header = Header(EventKind.Flow),
            Family = family,
            RemoteAddress = bytes,
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Protocol = 17,
        };
        learner.OnFlow(new FlowEvent(in record), Subject(container));
    }

    public void DnsAnswer(ContainerInfo container, string name)
    {
        byte[] message = DnsMessage(name);
        var record = new DnsRecord { Header = Header(EventKind.Dns), Family = 2, Direction = FlowDirection.Inbound };
        record.Message = new WireString { Length = (ushort)message.Length };
        learner.OnDns(new DnsEvent(in record, message), Subject(container));
    }

    public static byte[] DnsMessage(string name, ushort flags = 0x8180, ushort answers = 1)
    {
        var message = new List<byte> { 1, 2, (byte)(flags >> 8), (byte)flags, 0, 1, 0, (byte)answers, 0, 0, 0, 0 };
        foreach (string label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.UTF8.GetBytes(label));
        }

        message.AddRange([0, 0, 1, 0, 1]);
        return [.. message];
    }

    public void Syscall(ContainerInfo container, uint number, bool compat = false)
    {
        var record = new SyscallRecord { Header = Header(EventKind.Syscall), Number = number, Flags = compat ? SyscallFlags.Compat : SyscallFlags.None };
        learner.OnSyscall(new SyscallEvent(in record), Subject(container));
    }

    public void Capability(ContainerInfo container, uint capability, bool granted = true)
    {
        var record = new CapabilityRecord { Header = Header(EventKind.Capability), Capability = capability, Granted = granted ? 1u : 0 };
        learner.OnCapability(new CapabilityEvent(in record), Subject(container));
    }

    public void Payload(
        ContainerInfo container, FlowDirection direction, string remote, ushort localPort, ushort remotePort, string text,
        PayloadProtocol protocol = PayloadProtocol.HttpRequest)
    {
        byte[] payload = Encoding.Latin1.GetBytes(text);
        (ushort family, Bytes16 bytes) = Address(remote);
        var record = new PayloadRecord
        {
            Header = Header(EventKind.Payload),
            Family = family,
            RemoteAddress = bytes,
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Protocol = protocol,
        };
        record.Payload = new WireString { Length = (ushort)payload.Length };
        learner.OnPayload(new PayloadEvent(in record, payload), Subject(container));
    }

    public void Link(ContainerInfo container, FileOperation operation, string path, string target, uint error = 0)
    {
        byte[] bytes = RecordBuilder.FileChange(operation, path, target, error: error, timeNs: NowNs);
        ref readonly FileChangeRecord record = ref MemoryMarshal.AsRef<FileChangeRecord>(bytes);
        learner.OnFileChange(new FileChangeEvent(in record, bytes.AsSpan(Unsafe.SizeOf<FileChangeRecord>())), Subject(container));
    }

    public void Privilege(ContainerInfo container, PrivilegeOperation operation, uint error = 0)
    {
        byte[] bytes = RecordBuilder.Privilege(operation, error: error, timeNs: NowNs);
        ref readonly PrivilegeRecord record = ref MemoryMarshal.AsRef<PrivilegeRecord>(bytes);
        learner.OnPrivilege(new PrivilegeEvent(in record, bytes.AsSpan(Unsafe.SizeOf<PrivilegeRecord>())), Subject(container));
    }

    /// <summary>The container's entry point ends.</summary>
    public void Exit(ContainerInfo container, uint code, uint signal = 0)
    {
        EventSubject subject = Subject(container);
        subject.Process = container.EntryPoint ??= new ProcessInfo(new ProcessKey(1, NowNs));
        var record = new ExitRecord { Header = Header(EventKind.Exit), ExitCode = code, Signal = signal };
        learner.OnExit(new ExitEvent(in record), subject);
        subject.Process = ProcessInfo.Unknown;
    }

    public void Tick(double seconds = 0)
    {
        NowNs += (ulong)(seconds * Second);
        learner.OnTick(NowNs);
    }

    public void Loss(ContainerInfo? container = null, EventKind kind = EventKind.Open, ulong? from = null, ulong? to = null) =>
        learner.OnLoss(new LossEvent(LossCause.Ring, kind, container?.CgroupId ?? 0, container, 3, from ?? NowNs, to ?? NowNs));

    private HeaderRecord Header(EventKind kind) => RecordBuilder.Header(kind, pid: 1, timeNs: NowNs);

    private EventSubject Subject(ContainerInfo container)
    {
        _subject.Container = container;
        return _subject;
    }

    private static (ushort Family, Bytes16 Bytes) Address(string text)
    {
        var bytes = default(Bytes16);
        byte[] address = System.Net.IPAddress.Parse(text).GetAddressBytes();
        address.CopyTo((Span<byte>)bytes);
        return (address.Length == 4 ? (ushort)2 : (ushort)10, bytes);
    }
}

internal sealed class FakeNames : INameLookup
{
    public Dictionary<string, string> Names { get; } = [];

    public bool TryGetName(ContainerInfo container, NetAddress address, [NotNullWhen(true)] out string? name) =>
        Names.TryGetValue(address.ToString(), out name);
}
