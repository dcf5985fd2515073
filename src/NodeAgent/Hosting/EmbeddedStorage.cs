// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Export.Storage;
using NodeAgent.Storage;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Hosting;

/// <summary>The storage server in this process. The agent talks to it as to any other: over TLS, with a token.</summary>
internal sealed class EmbeddedStorage : IAsyncDisposable
{
    private readonly StorageServer _server;

    private EmbeddedStorage(StorageServer server) => _server = server;

    /// <summary>Shape: <c>https://ADDRESS:PORT</c>.</summary>
    public Uri Address => _server.Address;

    public string Kubeconfig => _server.KubeconfigPath;

    /// <returns>Null when there is no database and none can be made: the agent goes on without a store.</returns>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when the address cannot be bound.</remarks>
    public static async Task<EmbeddedStorage?> StartAsync(AgentOptions options, ILoggerFactory loggers, CancellationToken stop)
    {
        var storage = new StorageOptions { DataDirectory = options.DataDirectory, ListenAddress = options.Storage.Address };
        try
        {
            return new EmbeddedStorage(await StorageServer.StartAsync(storage, loggers, TimeProvider.System, stop).ConfigureAwait(false));
        }
        catch (StoreUnavailableException e)
        {
            Log.StorageOff(loggers.CreateLogger("NodeAgent"), e.Message);
            return null;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ConfigurationException($"setting 'storage.address': cannot listen on {options.Storage.Address}: {e.Message}");
        }
    }

    public StorageConnection Connect() => new()
    {
        Server = _server.Address,
        Token = _server.Token,

        // A copy: the connection disposes its certificates, and the server's is the server's.
        CertificateAuthorities = [X509CertificateLoader.LoadCertificate(_server.CaCertificate.RawData)],
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
