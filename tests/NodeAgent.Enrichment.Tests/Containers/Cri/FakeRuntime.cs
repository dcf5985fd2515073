// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>A UNIX socket behind which HTTP requests are answered as a test wants: for what no real runtime does on demand.</summary>
internal sealed class FakeRuntime : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-cri-");
    private readonly WebApplication _server;

    private FakeRuntime(RequestDelegate answer, HttpProtocols protocols, string place)
    {
        Socket = Path.Combine(_folder.FullName, place);
        Directory.CreateDirectory(Path.GetDirectoryName(Socket)!);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket, listen => listen.Protocols = protocols));
        _server = builder.Build();
        _server.Run(context =>
        {
            Requests++;
            return answer(context);
        });
    }

    public string Socket { get; }

    public int Requests { get; private set; }

    /// <param name="answer">To each request.</param>
    /// <param name="protocols">What the socket speaks.</param>
    /// <param name="place">Of the socket below a folder of its own.</param>
    public static async Task<FakeRuntime> StartAsync(RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http2, string place = "cri.sock")
    {
        var runtime = new FakeRuntime(answer, protocols, place);
        await runtime._server.StartAsync();
        return runtime;
    }

    /// <summary>Answers with these bytes and this status in the trailers.</summary>
    public static RequestDelegate Answer(byte[] body, string status = "0") => async context =>
    {
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(body);
        context.Response.AppendTrailer("grpc-status", status);
    };

    /// <summary>A message as gRPC frames it.</summary>
    public static byte[] Frame(IMessage message)
    {
        byte[] frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
