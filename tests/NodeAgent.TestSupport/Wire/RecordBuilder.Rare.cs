// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Events.Wire;

namespace NodeAgent.TestSupport.Wire;

public static partial class RecordBuilder
{
    public static byte[] ExecFailed(string path, uint error = 2, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        return Of(EventKind.ExecFailed, new ExecFailedRecord { Error = error, Path = tail.Add(path) }, tail, pid, timeNs, cgroupId);
    }

    public static byte[] Namespace(NamespaceOperation operation, string path = "", string otherPath = "", uint flags = 0, uint pid = 100,
        ulong timeNs = 1, ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        var record = new NamespaceRecord { Operation = operation, Flags = flags, Path = tail.Add(path), OtherPath = tail.Add(otherPath) };
        return Of(EventKind.Namespace, record, tail, pid, timeNs, cgroupId);
    }

    public static byte[] FileChange(FileOperation operation, string path, string otherPath = "", string name = "", uint error = 0,
        uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7, uint mode = 0, ulong inode = 0, uint device = 0)
    {
        var tail = new TailBuilder();
        var record = new FileChangeRecord
        {
            Operation = operation,
            Error = error,
            Mode = mode,
            Inode = inode,
            Device = device,
            Path = tail.Add(path),
            OtherPath = tail.Add(otherPath),
            Name = tail.Add(name),
        };
        return Of(EventKind.FileChange, record, tail, pid, timeNs, cgroupId);
    }

    public static byte[] UnixConnect(string path, uint error = 0, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        return Of(EventKind.UnixConnect, new UnixConnectRecord { Error = error, Path = tail.Add(path) }, tail, pid, timeNs, cgroupId);
    }

    /// <param name="local">Shape: 4 or 16 bytes in network order; so is <paramref name="remote"/>.</param>
    public static byte[] Payload(PayloadProtocol protocol, byte[] payload, byte[] local, byte[] remote, ushort localPort = 40000,
        ushort remotePort = 80, FlowDirection direction = FlowDirection.Outbound, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        var record = new PayloadRecord
        {
            Family = Family(remote),
            LocalPort = localPort,
            RemotePort = remotePort,
            Direction = direction,
            Protocol = protocol,
            PayloadSize = (uint)payload.Length,
            Payload = tail.Add(payload),
        };
        local.CopyTo(record.LocalAddress);
        remote.CopyTo(record.RemoteAddress);
        return Of(EventKind.Payload, record, tail, pid, timeNs, cgroupId);
    }

    public static byte[] Privilege(PrivilegeOperation operation, string detail = "", uint error = 0, uint pid = 100, ulong timeNs = 1,
        ulong cgroupId = 7)
    {
        var tail = new TailBuilder();
        return Of(EventKind.Privilege, new PrivilegeRecord { Operation = operation, Error = error, Detail = tail.Add(detail) }, tail, pid, timeNs, cgroupId);
    }

    /// <summary>A record whose fields the caller set; gets its header, which all wire structs begin with.</summary>
    public static byte[] Of<T>(EventKind kind, T record, uint pid = 100, ulong timeNs = 1, ulong cgroupId = 7)
        where T : unmanaged => Of(kind, record, new TailBuilder(), pid, timeNs, cgroupId);

    private static byte[] Of<T>(EventKind kind, T record, TailBuilder tail, uint pid, ulong timeNs, ulong cgroupId)
        where T : unmanaged
    {
        HeaderRecord header = Header(kind, pid, timeNs, cgroupId);
        header.TailSize = tail.Size;
        Unsafe.As<T, HeaderRecord>(ref record) = header;
        return Join(record, tail);
    }
}
