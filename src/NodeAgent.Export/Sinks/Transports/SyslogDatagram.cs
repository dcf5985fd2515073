// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export.Sinks.Transports;

/// <summary>Syslog over UDP (RFC 5426). Nothing tells that a datagram arrived; that nobody listens is told by ICMP, and then what was sent shortly before is sent again.</summary>
internal sealed class SyslogDatagram(SyslogOptions options, SyslogMessage message) : IAlertTransport
{
    private Socket? _socket;

    public int MaxBatch => 32;

    public TimeSpan SettleTime => options.SettleTime;

    public long Shortened => message.Shortened;

    // A connected socket keeps the answer that nobody listens until it is asked.
    public bool IsIntact => _socket is { } socket && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0;

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<AlertMessage> batch, CancellationToken cancellation)
    {
        try
        {
            Socket socket = _socket ??= await ConnectAsync(cancellation).ConfigureAwait(false);
            foreach (AlertMessage alert in batch)
            {
                await socket.SendAsync(message.Write(alert.Alert), SocketFlags.None, cancellation).ConfigureAwait(false);
            }

            return DeliveryResult.Delivered;
        }
        catch
        {
            _socket?.Dispose();
            _socket = null;
            throw;
        }
    }

    public ValueTask<bool> FinishAsync(CancellationToken cancellation) => ValueTask.FromResult(IsIntact);

    public ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _socket = null;
        return ValueTask.CompletedTask;
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(options.Host, cancellation).ConfigureAwait(false);
        if (addresses.Length == 0)
        {
            throw new IOException($"{options.Host} has no address");
        }

        var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(addresses[0], options.Port), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
