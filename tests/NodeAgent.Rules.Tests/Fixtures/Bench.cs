// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Library;

namespace NodeAgent.Rules.Tests.Fixtures;

/// <summary>An engine with one container that runs nginx and a shell, and the ways to send it events.</summary>
internal sealed partial class Bench : IDisposable
{
    public const ulong BootNs = 1_000_000_000_000;
    public const string ContainerId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public Bench(Action<RulesOptions>? configure = null, IEnumerable<RuntimeRule>? rules = null, ILogger<RuleEngine>? logger = null, IRepeatFilter? filter = null, IPeerNames? peers = null)
    {
        configure?.Invoke(Options);
        Engine = new RuleEngine(Options, Origin, Profiles, Time, logger ?? NullLogger<RuleEngine>.Instance, rules ?? Published, filter, peers);
        Engine.OnTick(BootNs);
        Container = new ContainerInfo(77, "/kubepods/burstable/pod1/" + ContainerId)
        {
            Identity = new ContainerIdentity
            {
                Kind = UnitKind.Container,
                ContainerId = ContainerId,
                ContainerName = "web",
                Workload = new WorkloadIdentity("v1", "Container", "default", "web"),
            },
        };
        Runtime = new ProcessInfo(new ProcessKey(90, 5)) { Comm = "runc", ExePath = "/usr/sbin/runc", Container = new ContainerInfo(1, "/") };
        Init = new ProcessInfo(new ProcessKey(100, BootNs - 2_000_000_000))
        {
            Comm = "nginx",
            ExePath = "/usr/sbin/nginx",
            Argv = ["nginx", "-g", "daemon off;"],
            Container = Container,
            Parent = Runtime,
        };
        Shell = new ProcessInfo(new ProcessKey(4711, BootNs - 1_000_000_000))
        {
            Comm = "sh",
            ExePath = "/bin/sh",
            Argv = ["sh"],
            Cwd = "/",
            Container = Container,
            Parent = Init,
            ParentPid = 100,
        };
        Subject = new EventSubject { Process = Shell, Container = Container };
    }

    /// <summary>The rules of the library that have Kubescape's ids.</summary>
    public static IReadOnlyList<RuntimeRule> Published { get; } = [.. RuleLibrary.Rules.Where(rule => rule.Id![0] == 'R')];

    public RulesOptions Options { get; } = new();

    public static AlertOrigin Origin { get; } = new() { NodeName = "node-1", AgentVersion = "0.1.0", ClusterName = "c" };

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 8, 22, 10, 0, 0, TimeSpan.Zero));

    public MemoryProfiles Profiles { get; } = new();

    public RuleEngine Engine { get; }

    public ContainerInfo Container { get; }

    public ProcessInfo Runtime { get; }

    public ProcessInfo Init { get; }

    public ProcessInfo Shell { get; }

    public EventSubject Subject { get; set; }

    public ulong NowNs { get; set; } = BootNs;

    public uint Uid { get; set; }

    public MemoryProfile Learned()
    {
        var profile = new MemoryProfile();
        Profiles.Set(Container, profile);
        return profile;
    }

    public void Exec(
        string exe, string[]? argv = null, string cwd = "/", ExecFlags flags = ExecFlags.None, string comm = "sh",
        EventKind kind = EventKind.Exec) =>
        Exec(Encoding.UTF8.GetBytes(exe), argv ?? [exe], cwd, flags, Encoding.UTF8.GetBytes(comm), kind);

    public void Exec(
        byte[] exe, string[] argv, string cwd, ExecFlags flags, byte[] comm, EventKind kind = EventKind.Exec)
    {
        byte[] cwdBytes = Encoding.UTF8.GetBytes(cwd);
        byte[] argvBytes = Encoding.UTF8.GetBytes(string.Concat(argv.Select(a => a + '\0')));
        var record = new ExecRecord
        {
            Header = Header(kind, comm),
            Flags = flags,
            Exe = new WireString { Offset = 0, Length = (ushort)exe.Length },
            Cwd = new WireString { Offset = (ushort)exe.Length, Length = (ushort)cwdBytes.Length },
            Argv = new WireString { Offset = (ushort)(exe.Length + cwdBytes.Length), Length = (ushort)argvBytes.Length },
        };
        var view = new ExecEvent(in record, (byte[])[.. exe, .. cwdBytes, .. argvBytes]);
        Engine.OnExec(in view, Subject);
    }

    public void Open(string path, uint flags = 0, uint error = 0, string comm = "cat", ulong repeats = 0) =>
        Open(Encoding.UTF8.GetBytes(path), flags, error, comm, repeats);

    /// <param name="repeats">Told again by the filter, after it happened so often; 0 = something new.</param>
    public void Open(byte[] path, uint flags = 0, uint error = 0, string comm = "cat", ulong repeats = 0)
    {
        var record = new OpenRecord
        {
            Header = Header(EventKind.Open, Encoding.UTF8.GetBytes(comm)),
            Flags = flags,
            Error = error,
            Path = new WireString { Length = (ushort)path.Length },
        };
        record.Header.Flags = repeats > 0 ? HeaderFlags.Repeated : HeaderFlags.None;
        var view = new OpenEvent(in record, (byte[])[.. path, .. BitConverter.GetBytes(repeats)]);
        Engine.OnOpen(in view, Subject);
    }

    public void Tcp(
        string peer, ushort port, EventKind kind = EventKind.TcpConnect, FlowDirection direction = FlowDirection.Outbound, uint error = 0, string comm = "nc", ushort localPort = 0)
    {
        (ushort family, Bytes16 bytes) = Address(peer);
        var record = new TcpRecord
        {
            Header = Header(kind, Encoding.UTF8.GetBytes(comm)),
            Family = family,
            LocalPort = localPort,
            RemoteAddress = bytes,
            RemotePort = port,
            Direction = direction,
            Error = error,
        };
        var view = new TcpEvent(in record);
        Engine.OnTcp(in view, Subject);
    }

    public void Udp(string peer, ushort port, FlowDirection direction = FlowDirection.Outbound)
    {
        (ushort family, Bytes16 bytes) = Address(peer);
        var record = new FlowRecord
        {
            Header = Header(EventKind.Flow, "nc"u8),
            Family = family,
            RemoteAddress = bytes,
            RemotePort = port,
            Direction = direction,
            Protocol = 17,
        };
        var view = new FlowEvent(in record);
        Engine.OnFlow(in view, Subject);
    }

    public void Dns(byte[] message, FlowDirection direction = FlowDirection.Outbound)
    {
        (ushort family, Bytes16 bytes) = Address("10.0.0.53");
        var record = new DnsRecord
        {
            Header = Header(EventKind.Dns, "wget"u8),
            Family = family,
            RemoteAddress = bytes,
            RemotePort = 53,
            Direction = direction,
            Message = new WireString { Length = (ushort)message.Length },
        };
        var view = new DnsEvent(in record, message);
        Engine.OnDns(in view, Subject);
    }

    /// <summary>All alerts that came out since the last call.</summary>
    public List<RuntimeAlerts> Taken()
    {
        var taken = new List<RuntimeAlerts>();
        while (Engine.Alerts.TryRead(out RuntimeAlerts? one))
        {
            taken.Add(one);
        }

        return taken;
    }

    public string[] TakenRules() => [.. Taken().Select(a => a.Spec.Alerts[0].RuleId).Order(StringComparer.Ordinal)];

    public HeaderRecord Header(EventKind kind, ReadOnlySpan<byte> comm)
    {
        var header = new HeaderRecord { Kind = kind, TimeNs = NowNs, Pid = Subject.Process.Pid, Uid = Uid, CgroupId = Subject.Container.CgroupId };
        comm.CopyTo(header.Comm);
        return header;
    }

    public void Dispose() => Engine.Dispose();

    private static (ushort Family, Bytes16 Bytes) Address(string text)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));
        Bytes16 bytes = default;
        address.ToIPAddress().GetAddressBytes().CopyTo(bytes);
        return (address.IsV6 ? (ushort)10 : (ushort)2, bytes);
    }
}
