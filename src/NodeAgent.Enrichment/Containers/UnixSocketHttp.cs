// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace NodeAgent.Enrichment.Containers;

/// <summary>HTTP on a UNIX socket, as container runtimes speak it.</summary>
internal static class UnixSocketHttp
{
    /// <summary>Connects when first used, and again when the peer was away.</summary>
    public static SocketsHttpHandler Handler(string socketPath) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Reads a body whole.</summary>
    /// <returns>Null when it is longer than the limit.</returns>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] part = new byte[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(part, cancellation)) > 0)
        {
            if (buffer.Length + read > limit)
            {
                return null;
            }

            buffer.Write(part, 0, read);
        }

        return buffer.ToArray();
    }
}
