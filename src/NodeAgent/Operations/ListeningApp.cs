// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using NodeAgent.Configuration;

namespace NodeAgent.Operations;

/// <summary>A server of the agent's that listens on one address, until it is disposed.</summary>
internal sealed class ListeningApp : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private ListeningApp(WebApplication app, string address) => (_app, Address) = (app, address);

    /// <summary>Shape: ADDRESS:PORT as bound.</summary>
    public string Address { get; }

    /// <param name="app">Not started; disposed also when this fails.</param>
    /// <param name="key">The setting that holds the address. Shape: <c>operations.address</c>.</param>
    /// <param name="address">Shape: ADDRESS:PORT, as <paramref name="app"/> was told.</param>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when the address cannot be bound.</remarks>
    public static async Task<ListeningApp> StartAsync(WebApplication app, string key, string address, CancellationToken stop)
    {
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new ConfigurationException($"setting '{key}': cannot listen on {address}: {e.Message}");
        }

        string bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ListeningApp(app, new Uri(bound).Authority);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopLimit);
        await _app.StopAsync(deadline.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}
