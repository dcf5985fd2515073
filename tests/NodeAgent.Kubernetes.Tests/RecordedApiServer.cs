// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Kubernetes.Authentication;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Kubernetes.Tests;

/// <summary>Gives recorded answers of a real API server to whoever asks what was asked then; in the order in which they were named.</summary>
internal sealed class RecordedApiServer : IAsyncDisposable
{
    private readonly TestAuthority _authority = new("recorded");
    private readonly ConcurrentQueue<Recording> _recordings;
    private TestHttpsServer? _server;

    private RecordedApiServer(string[] names) => _recordings = new ConcurrentQueue<Recording>(names.Select(Recording.Load));

    /// <summary>Requests that were not those of the recording, with what was expected.</summary>
    public ConcurrentQueue<string> Different { get; } = [];

    public static async Task<RecordedApiServer> StartAsync(params string[] names)
    {
        var recorded = new RecordedApiServer(names);
        recorded._server = await TestHttpsServer.StartAsync(recorded._authority, async context =>
        {
            if (!recorded._recordings.TryDequeue(out Recording? next))
            {
                context.Response.StatusCode = 500;
                recorded.Different.Enqueue($"{context.Request.Path} after the last recording");
                return;
            }

            string asked = context.Request.Path.Value + context.Request.QueryString;
            if (asked != next.Path)
            {
                recorded.Different.Enqueue($"asked {asked}, recorded {next.Path}");
            }

            await next.ReplayAsync(context);
        });
        return recorded;
    }

    public Kubernetes Client() => new(new KubernetesClientConfiguration
    {
        Host = _server!.Address,
        Authorities = AuthorityList.FromPem(_authority.Pem),
        Tokens = new FixedToken("valid"),
    });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _authority.Dispose();
    }
}
