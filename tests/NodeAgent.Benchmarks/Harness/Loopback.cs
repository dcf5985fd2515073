// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The loopback interface.</summary>
internal static class Loopback
{
    /// <returns>A TCP port that nobody listens on now.</returns>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
