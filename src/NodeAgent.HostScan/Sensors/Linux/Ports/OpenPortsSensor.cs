// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Ports;

/// <summary>What listens in the node's network namespace, which is that of pid 1. Source: proc_pid_net(5), Documentation/networking/proc_net_tcp.</summary>
internal sealed class OpenPortsSensor() : HostSensor<OpenPortsListSpec>(HostDataJsonContext.Readable.OpenPortsListSpec)
{
    private const string Folder = "/proc/1/net/";
    private const int MaxPorts = 4096;

    // Of a busy node's connections the file has far more; those that listen come first.
    private const int MaxFileBytes = 4 << 20;

    public override string Kind => "OpenPortsList";

    public override string Variable => "ports";

    protected override OpenPortsListSpec? Read(SensorRun run)
    {
        var found = new List<(string Transport, SocketRow Row)>();
        bool isRead = Add("tcp", "tcp", SocketRow.Listen) | Add("tcp", "tcp6", SocketRow.Listen);
        foreach (string transport in (string[])["udp", "udplite", "icmp", "raw"])
        {
            isRead |= Add(transport, transport, SocketRow.Unconnected) | Add(transport, transport + "6", SocketRow.Unconnected);
        }

        if (!isRead)
        {
            run.Problem(Folder + " has no files of sockets");
            return null;
        }

        var owners = SocketOwners.Read(run, found.Select(socket => socket.Row.Inode));
        return new OpenPortsListSpec
        {
            TcpPorts = Ports("tcp"),
            UdpPorts = Ports("udp", "udplite"),
            IcmpPorts = Ports("icmp"),
            RawPorts = Ports("raw"),
            NodeName = run.NodeName,
        };

        bool Add(string transport, string file, byte state)
        {
            HostFileBytes read = run.Root.Read(Folder + file, MaxFileBytes);
            foreach (SocketRow row in Rows(run, file, read, state))
            {
                found.Add((transport, row));
            }

            return read.IsRead;
        }

        IReadOnlyList<OpenPort> Ports(params string[] transports) => PortsOf(run, owners, found.Where(socket => transports.Contains(socket.Transport)));
    }

    private static List<SocketRow> Rows(SensorRun run, string file, in HostFileBytes read, byte state)
    {
        var rows = new List<SocketRow>();
        bool isOther = false;
        int line = 0;
        ReadOnlySpan<byte> text = read.Bytes.Span;
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (line++ == 0 || text[range].IsEmpty)
            {
                continue;
            }

            if (!SocketRow.TryParse(text[range], out SocketRow row))
            {
                // The last may have been cut.
                if (!read.IsCut || range.End.Value < text.Length)
                {
                    run.Problem($"{Folder}{file}: a row that is no socket");
                }

                continue;
            }

            isOther |= row.State != state;
            if (row.State == state)
            {
                rows.Add(row);
            }
        }

        if (read.IsCut && !(isOther && state == SocketRow.Listen))
        {
            run.Problem($"{Folder}{file}: longer than {MaxFileBytes} bytes, the rest was not read");
        }

        return rows;
    }

    // Several sockets may share a port (SO_REUSEPORT): for whoever looks at ports they are one.
    private static OpenPort[] PortsOf(SensorRun run, SocketOwners owners, IEnumerable<(string Transport, SocketRow Row)> sockets)
    {
        var ports = sockets.GroupBy(socket => (socket.Transport, socket.Row.LocalAddress, socket.Row.LocalPort, socket.Row.RemoteAddress, socket.Row.RemotePort, socket.Row.Uid))
            .Select(group => new OpenPort
            {
                Transport = group.Key.Transport,
                LocalAddress = group.Key.LocalAddress.ToString(),
                LocalPort = group.Key.LocalPort,
                RemoteAddress = group.Key.RemoteAddress.ToString(),
                RemotePort = group.Key.RemotePort,
                Uid = group.Key.Uid,
                User = run.Accounts.UserName(group.Key.Uid),
                Processes = [.. owners.Of(group.Select(socket => socket.Row.Inode)).Select(Described)],
            })
            .OrderBy(port => port.LocalPort).ThenBy(port => port.LocalAddress, StringComparer.Ordinal).ThenBy(port => port.Transport, StringComparer.Ordinal)
            .ThenBy(port => port.RemotePort).ThenBy(port => port.RemoteAddress, StringComparer.Ordinal).ThenBy(port => port.Uid)
            .ToList();
        if (ports.Count > MaxPorts)
        {
            run.Problem($"{ports.Count} open ports, only {MaxPorts} are told");
        }

        return [.. ports.Take(MaxPorts)];
    }

    private static PortProcess Described(HostProcess process) => new()
    {
        Pid = process.Pid,
        Name = process.Name,
        Executable = process.Executable,
        ContainerId = process.ContainerId.Length > 0 ? process.ContainerId : null,
        Unit = process.Unit.Length > 0 ? process.Unit : null,
    };
}
