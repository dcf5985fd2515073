// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.TestSupport.Wire;

/// <summary>Builds ring records as the probes write them: the fixed struct, then its strings.</summary>
public static partial class RecordBuilder
{
    public static HeaderRecord Header(EventKind kind, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7, string comm = "test")
    {
        var header = new HeaderRecord
        {
            Kind = kind,
            TimeNs = timeNs,
            CgroupId = cgroupId,
            StartTimeNs = 1000 + pid,
            Pid = pid,
            Tid = pid,
        };
        Span<byte> name = header.Comm;
        Encoding.UTF8.GetBytes(comm).AsSpan(0, Math.Min(comm.Length, 15)).CopyTo(name);
        return header;
    }

    /// <param name="argv">The arguments; each gets its NUL.</param>
    public static byte[] Exec(string exe, IEnumerable<string> argv, string cwd = "/", uint pid = 100, ulong timeNs = 1,
        ulong cgroupId = 7, uint parentPid = 1, ExecFlags flags = ExecFlags.None, EventKind kind = EventKind.Exec)
    {
        var tail = new TailBuilder();
        string[] arguments = [.. argv];
        var record = new ExecRecord
        {
            Header = Header(kind, pid, timeNs, cgroupId, exe[(exe.LastIndexOf('/') + 1)..]),
            ParentPid = parentPid,
            Argc = (uint)arguments.Length,
            Flags = flags,
            Exe = tail.Add(exe),
            Cwd = tail.Add(cwd),
            Argv = tail.Add(string.Concat(arguments.Select(argument => argument + "\0"))),
        };
        record.Header.TailSize = tail.Size;
        return Join(record, tail);
    }

    public static byte[] Fork(uint parentPid, uint childPid, ulong timeNs = 1, ulong cgroupId = 7) => Join(new ForkRecord
    {
        Header = Header(EventKind.Fork, parentPid, timeNs, cgroupId),
        ChildPid = childPid,
        ChildStartTimeNs = 1000 + childPid,
        ChildCgroupId = cgroupId,
    });

    public static byte[] Exit(uint pid, uint exitCode = 0, uint signal = 0, ulong timeNs = 1, ulong cgroupId = 7) => Join(new ExitRecord
    {
        Header = Header(EventKind.Exit, pid, timeNs, cgroupId),
        ExitCode = exitCode,
        Signal = signal,
    });

    public static byte[] Open(string path, uint pid = 100, uint flags = 0, uint error = 0, ulong timeNs = 1, ulong cgroupId = 7,
        OpenRecordFlags recordFlags = OpenRecordFlags.None, uint mode = 0, ulong inode = 0, uint device = 0)
    {
        var tail = new TailBuilder();
        var record = new OpenRecord
        {
            Header = Header(EventKind.Open, pid, timeNs, cgroupId),
            Flags = flags,
            Error = error,
            RecordFlags = recordFlags,
            Mode = mode,
            Inode = inode,
            Device = device,
            Path = tail.Add(path),
        };
        record.Header.TailSize = tail.Size;
        return Join(record, tail);
    }

    /// <param name="local">Shape: 4 or 16 bytes in network order; so is <paramref name="remote"/>.</param>
    public static byte[] Tcp(EventKind kind, byte[] local, ushort localPort, byte[] remote, ushort remotePort,
        FlowDirection direction = FlowDirection.Outbound, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7, uint error = 0)
    {
        TcpRecord record = Tcp(kind, localPort, remote, remotePort, direction, pid, timeNs, cgroupId, error);
        local.CopyTo(record.LocalAddress);
        return Join(record);
    }

    /// <summary>As it is behind the decoder.</summary>
    /// <param name="remote">Shape: 4 or 16 bytes in network order.</param>
    public static TcpRecord Tcp(EventKind kind, ushort localPort, byte[] remote, ushort remotePort,
        FlowDirection direction = FlowDirection.Outbound, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7, uint error = 0)
    {
        var record = new TcpRecord
        {
            Header = Header(kind, pid, timeNs, cgroupId),
            Family = Family(remote),
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Error = error,
        };
        remote.CopyTo(record.RemoteAddress);
        return record;
    }

    public static byte[] Flow(byte[] local, ushort localPort, byte[] remote, ushort remotePort,
        FlowDirection direction = FlowDirection.Outbound, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7, uint protocol = 17)
    {
        var record = new FlowRecord
        {
            Header = Header(EventKind.Flow, pid, timeNs, cgroupId),
            Family = Family(remote),
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Protocol = protocol,
        };
        local.CopyTo(record.LocalAddress);
        remote.CopyTo(record.RemoteAddress);
        return Join(record);
    }

    /// <param name="message">From the DNS header on.</param>
    public static byte[] Dns(byte[] message, byte[] resolver, FlowDirection direction = FlowDirection.Outbound, uint pid = 100,
        ulong timeNs = 1, ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        var record = new DnsRecord
        {
            Header = Header(EventKind.Dns, pid, timeNs, cgroupId),
            Family = Family(resolver),
            RemotePort = 53,
            Direction = direction,
            MessageSize = (uint)message.Length,
            Message = tail.Add(message),
        };
        resolver.CopyTo(record.RemoteAddress);
        record.Header.TailSize = tail.Size;
        return Join(record, tail);
    }

    public static byte[] Cgroup(EventKind kind, string path, ulong cgroupId = 7, ulong parentCgroupId = 1, uint attachedPid = 0,
        uint pid = 100, ulong timeNs = 1)
    {
        var tail = new TailBuilder();
        var record = new CgroupRecord
        {
            Header = Header(kind, pid, timeNs, cgroupId),
            ParentCgroupId = parentCgroupId,
            AttachedPid = attachedPid,
            AttachedStartTimeNs = attachedPid == 0 ? 0 : 1000 + attachedPid,
            Level = (uint)path.Count(character => character == '/'),
            Path = tail.Add(path),
        };
        record.Header.TailSize = tail.Size;
        return Join(record, tail);
    }

    /// <summary>One valid record of each kind.</summary>
    public static IReadOnlyDictionary<EventKind, byte[]> OneOfEach()
    {
        byte[] here = [10, 0, 0, 1];
        byte[] there = [10, 0, 0, 2];
        return new Dictionary<EventKind, byte[]>
        {
            [EventKind.Exec] = Exec("/bin/true", ["true"]),
            [EventKind.Fork] = Fork(100, 101),
            [EventKind.Exit] = Exit(101),
            [EventKind.Open] = Open("/etc/passwd"),
            [EventKind.TcpConnect] = Tcp(EventKind.TcpConnect, here, 40000, there, 80),
            [EventKind.TcpAccept] = Tcp(EventKind.TcpAccept, here, 80, there, 40000, FlowDirection.Inbound),
            [EventKind.TcpClose] = Tcp(EventKind.TcpClose, here, 40000, there, 80),
            [EventKind.Flow] = Flow(here, 40000, there, 123),
            [EventKind.Dns] = Dns(new byte[12], there),
            [EventKind.CgroupMkdir] = Cgroup(EventKind.CgroupMkdir, "/a"),
            [EventKind.CgroupRmdir] = Cgroup(EventKind.CgroupRmdir, "/a"),
            [EventKind.CgroupAttach] = Cgroup(EventKind.CgroupAttach, "/a", attachedPid: 101),
            [EventKind.Task] = Exec("/sbin/init", ["init"], pid: 1, kind: EventKind.Task),
            [EventKind.ExecFailed] = ExecFailed("/bin/missing"),
            [EventKind.Credentials] = Of(EventKind.Credentials, new CredentialsRecord { NewUid = 1000 }),
            [EventKind.Namespace] = Namespace(NamespaceOperation.Chroot, "/new"),
            [EventKind.Signal] = Of(EventKind.Signal, new SignalRecord { Operation = SignalOperation.Sent, Signal = 9, TargetPid = 101 }),
            [EventKind.FileChange] = FileChange(FileOperation.Rename, "/new", "/old"),
            [EventKind.Socket] = Of(EventKind.Socket, new SocketRecord { Operation = SocketOperation.Listen, Family = 2, LocalPort = 80 }),
            [EventKind.UnixConnect] = UnixConnect("/run/containerd/containerd.sock"),
            [EventKind.Payload] = Payload(PayloadProtocol.HttpRequest, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), here, there),
            [EventKind.Capability] = Of(EventKind.Capability, new CapabilityRecord { Capability = 21, Granted = 1 }),
            [EventKind.Privilege] = Privilege(PrivilegeOperation.MemfdCreate, "payload"),
            [EventKind.Syscall] = Of(EventKind.Syscall, new SyscallRecord { Number = 59 }),
            [EventKind.Suppressed] = Of(EventKind.Suppressed, new SuppressedRecord { Class = EventClass.File, Count = 3 }),
        };
    }

    private static ushort Family(byte[] address) => address.Length == 16 ? (ushort)10 : (ushort)2;

    private static byte[] Join<T>(T record, TailBuilder? tail = null)
        where T : unmanaged
    {
        byte[] bytes = new byte[Unsafe.SizeOf<T>() + (int)(tail?.Size ?? 0)];
        MemoryMarshal.Write(bytes, in record);
        tail?.CopyTo(bytes.AsSpan(Unsafe.SizeOf<T>()));
        return bytes;
    }
}
