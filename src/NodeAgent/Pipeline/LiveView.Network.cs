// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Errors;

namespace NodeAgent.Pipeline;

internal sealed partial class LiveView
{
    public void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
        if (!filter.Accepts(TraceKind.Net, subject.Container))
        {
            return;
        }

        ref readonly TcpRecord record = ref tcp.Record;
        string ends = Peers(tcp.LocalAddress, record.LocalPort, tcp.RemoteAddress, record.RemotePort, record.Direction, TransportProtocol.Tcp, record.Header.TimeNs);
        switch (record.Header.Kind)
        {
            case EventKind.TcpConnect:
                string outcome = record.Error == 0 ? $"{record.DurationNs / 1000} µs" : Errno.Name((int)record.Error);
                Write(record.Header, "connect", subject, $"tcp {ends} {outcome}");
                break;
            case EventKind.TcpAccept:
                Write(record.Header, "accept", subject, $"tcp {ends}");
                break;
            default:
                Write(record.Header, "close", subject, $"tcp {ends} sent {record.BytesSent} received {record.BytesReceived} bytes in {record.DurationNs / 1_000_000} ms");
                break;
        }
    }

    public void OnFlow(in FlowEvent flow, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Net, subject.Container))
        {
            ref readonly FlowRecord record = ref flow.Record;
            Write(record.Header, ProtocolName(record.Protocol), subject, Peers(flow.LocalAddress, record.LocalPort, flow.RemoteAddress, record.RemotePort, record.Direction, (TransportProtocol)record.Protocol, record.Header.TimeNs));
        }
    }

    public void OnDns(in DnsEvent dns, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Dns, subject.Container))
        {
            Write(dns.Record.Header, "dns", subject, DnsText.Describe(dns));
        }
    }

    public void OnSocket(in SocketEvent socket, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Net, subject.Container))
        {
            ref readonly SocketRecord record = ref socket.Record;
            string endpoint = record.Operation == SocketOperation.Create
                ? $"family {record.Family} type {record.SocketType} protocol {record.Protocol}"
                : Endpoint(socket.LocalAddress, record.LocalPort);
            Write(record.Header, Lower(record.Operation), subject, $"{endpoint}{Outcome(record.Error)}");
        }
    }

    public void OnUnixConnect(in UnixConnectEvent connect, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Net, subject.Container))
        {
            string peer = connect.Record.PeerPid == 0 ? string.Empty : $" pid {connect.Record.PeerPid}";
            Write(connect.Record.Header, "connect", subject, $"unix {ByteText.Decode(connect.Path)}{peer}{Outcome(connect.Record.Error)}");
        }
    }

    public void OnPayload(in PayloadEvent payload, EventSubject subject)
    {
        if (filter.Accepts(TraceKind.Net, subject.Container))
        {
            ref readonly PayloadRecord record = ref payload.Record;
            string ends = Peers(payload.LocalAddress, record.LocalPort, payload.RemoteAddress, record.RemotePort, record.Direction, TransportProtocol.Tcp, record.Header.TimeNs);
            Write(record.Header, record.Protocol == PayloadProtocol.TlsClientHello ? "tls" : "http", subject, $"{ends} {PayloadText.Describe(payload)}");
        }
    }

    private static string ProtocolName(uint protocol) => protocol switch
    {
        1 => "icmp",
        17 => "udp",
        58 => "icmp6",
        132 => "sctp",
        _ => $"ip/{protocol}",
    };

    private string Peers(
        NetAddress local, ushort localPort, NetAddress remote, ushort remotePort, FlowDirection direction, TransportProtocol protocol, ulong timeNs)
    {
        bool inbound = direction == FlowDirection.Inbound;
        string name = peers?.Describe(remote, inbound ? (ushort)0 : remotePort, protocol, timeNs) ?? string.Empty;
        return $"{Endpoint(local, localPort)} {(inbound ? "<-" : "->")} {Endpoint(remote, remotePort)}{(name.Length == 0 ? name : $" ({name})")}";
    }

    private static string Endpoint(NetAddress address, ushort port) => address.IsV6 ? $"[{address}]:{port}" : $"{address}:{port}";
}
