// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.StorageHost.Tests;

/// <summary>Many connections that want nothing: silent ones, half handshakes, and requests whose headers never end, a byte a second.</summary>
internal sealed class SlowCrowd(IPEndPoint server, int count) : IAsyncDisposable
{
    private const int Lanes = 32;
    private const int Sources = 8;
    private const int HalfHello = 100;

    // A record that says it is 512 bytes long: the server waits for the rest.
    private static readonly byte[] Hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, .. new byte[HalfHello]];

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket?[] _sockets = new Socket?[count];
    private readonly List<Task> _dripping = [];
    private int _opened;

    /// <summary>Connections that the server took.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Those that the server has not closed.</summary>
    public int Held => _sockets.Count(IsOpen);

    /// <summary>Ends when all have come.</summary>
    public async Task ArriveAsync()
    {
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) - 1 is var number && number < count)
            {
                await OpenAsync(number);
            }
        })));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_dripping);
        foreach (Socket? socket in _sockets)
        {
            socket?.Dispose();
        }

        _stop.Dispose();
    }

    // Closed: there is something to read, and it is the end.
    private static bool IsOpen(Socket? socket)
    {
        try
        {
            return socket is { Connected: true } && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task OpenAsync(int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets[number] = socket;
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse($"127.0.0.{2 + (number % Sources)}"), 0));
            await socket.ConnectAsync(server, _stop.Token);
            Interlocked.Increment(ref _opened);
            switch (number % 5)
            {
                case 0:
                    await BeginRequestAsync(socket);
                    break;
                case 1 or 2:
                    await socket.SendAsync(Hello.AsMemory(0, 5 + (number % HalfHello)), _stop.Token);
                    break;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            // Closed meanwhile, as it should be.
        }
    }

    private async Task BeginRequestAsync(Socket socket)
    {
#pragma warning disable CA5359 // Who the server is does not matter to these.
        var tls = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, _stop.Token);
        await tls.WriteAsync(Encoding.ASCII.GetBytes("GET /version HTTP/1.1\r\nHost: x\r\nX-Slow: "), _stop.Token);
        lock (_dripping)
        {
            _dripping.Add(DripAsync(tls));
        }
    }

    private async Task DripAsync(SslStream tls)
    {
        try
        {
            using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (await second.WaitForNextTickAsync(_stop.Token))
            {
                await tls.WriteAsync("x"u8.ToArray(), _stop.Token);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Closed by the server, or at the end.
        }
        finally
        {
            await tls.DisposeAsync();
        }
    }
}
