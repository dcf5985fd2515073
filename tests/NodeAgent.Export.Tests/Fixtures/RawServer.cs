// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A server below HTTP and TLS, for what no library would answer.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    private RawServer(Func<NetworkStream, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    public static RawServer Start(Func<NetworkStream, CancellationToken, Task> serve) => new(serve);

    /// <summary>Says these bytes to whatever comes, and closes.</summary>
    public static RawServer Saying(byte[] answer) => Start(async (stream, stop) =>
    {
        await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
        await stream.WriteAsync(answer, stop);
    });

    /// <summary>Takes everything and says nothing.</summary>
    public static RawServer Silent() => Start(async (stream, stop) =>
    {
        byte[] buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client.GetStream(), _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
            {
                // The client had enough.
            }
        }
    }
}
