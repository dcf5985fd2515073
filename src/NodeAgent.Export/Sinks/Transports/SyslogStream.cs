// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export.Sinks.Transports;

/// <summary>Syslog over TCP with counted octets (RFC 6587) or over TLS (RFC 5425).</summary>
/// <remarks>
/// Syslog has no answer: bytes that the kernel took may never be read. So a message counts as arrived when the connection has held for
/// <see cref="SyslogOptions.SettleTime"/> after it and the other kernel has acknowledged all; when it breaks, what was sent since then is sent again.
/// </remarks>
internal sealed class SyslogStream(SyslogOptions options, SyslogMessage message) : IAlertTransport
{
    // tcp(7) and struct tcp_info of linux/tcp.h: tcpi_unacked (segments) and tcpi_notsent_bytes, the latter since 4.6.
    private const int SolTcp = 6;
    private const int TcpInfo = 11;
    private const int UnackedOffset = 24;
    private const int NotSentOffset = 144;
    private const int TcpInfoSize = NotSentOffset + sizeof(uint);

    // Completes when the receiver ends its direction or the connection breaks; the result says whether it ended in order.
    private Task<bool> _end = Task.FromResult(false);
    private Socket? _socket;
    private Stream? _stream;

    public int MaxBatch => 64;

    public TimeSpan SettleTime => options.SettleTime;

    public long Shortened => message.Shortened;

    public bool IsIntact => !_end.IsCompleted;

    public bool HasAllAcknowledged
    {
        get
        {
            Span<byte> info = stackalloc byte[TcpInfoSize];
            try
            {
                return _socket?.GetRawSocketOption(SolTcp, TcpInfo, info) == TcpInfoSize
                    && BinaryPrimitives.ReadUInt32LittleEndian(info[UnackedOffset..]) == 0
                    && BinaryPrimitives.ReadUInt32LittleEndian(info[NotSentOffset..]) == 0;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<AlertMessage> batch, CancellationToken cancellation)
    {
        try
        {
            if (_stream is not null && !IsIntact)
            {
                throw new IOException("the receiver closed the connection");
            }

            if (_stream is null)
            {
                _stream = await ConnectAsync(cancellation).ConfigureAwait(false);
                _end = ReadToEndAsync(_stream);
            }

            await _stream.WriteAsync(Frames(batch), cancellation).ConfigureAwait(false);
            await _stream.FlushAsync(cancellation).ConfigureAwait(false);
            return DeliveryResult.Delivered;
        }
        catch
        {
            await CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends our direction and waits for the receiver to end its own, which it does when it has read everything.</summary>
    public async ValueTask<bool> FinishAsync(CancellationToken cancellation)
    {
        if (_stream is null || _socket is null)
        {
            return false;
        }

        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
            return await _end.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    // A receiver of syslog says nothing, but TLS 1.3 has its tickets: only by reading is an end behind them seen.
    private static async Task<bool> ReadToEndAsync(Stream stream)
    {
        byte[] rest = new byte[256];
        try
        {
            while (await stream.ReadAsync(rest).ConfigureAwait(false) > 0)
            {
            }

            return true;
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    private byte[] Frames(IReadOnlyList<AlertMessage> batch)
    {
        using var frames = new MemoryStream();
        foreach (AlertMessage alert in batch)
        {
            byte[] one = message.Write(alert.Alert);
            frames.Write(Encoding.ASCII.GetBytes(one.Length.ToString(CultureInfo.InvariantCulture) + " "));
            frames.Write(one);
        }

        return frames.ToArray();
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        await _socket.ConnectAsync(options.Host, options.Port, cancellation).ConfigureAwait(false);
        var network = new NetworkStream(_socket, ownsSocket: true);
        if (options.Tls is not { } files)
        {
            return network;
        }

        var tls = new SslStream(network, leaveInnerStreamOpen: false);
        try
        {
            var client = new SslClientAuthenticationOptions
            {
                TargetHost = files.ServerName ?? options.Host,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
            files.Apply(client);
            await tls.AuthenticateAsClientAsync(client, cancellation).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CloseAsync()
    {
        Stream? stream = _stream;
        _stream = null;
        try
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            _socket?.Dispose();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // It was broken already.
        }

        _socket = null;
    }
}
