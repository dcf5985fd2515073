// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>etcd as Debian has it, with its own durability, asked by gRPC as its clients do.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    private const int FrameHead = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Uri _address;

    private EtcdServer(Process process, Uri address)
    {
        _process = process;
        _address = address;
    }

    public static async Task<EtcdServer> StartAsync(string directory)
    {
        var client = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Loopback.FreePort()}"));
        string peers = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Loopback.FreePort()}");
        string address = client.GetLeftPart(UriPartial.Authority);
        var start = new ProcessStartInfo(
            "etcd",
            [
                "--data-dir", directory, "--listen-client-urls", address, "--advertise-client-urls", address, "--listen-peer-urls", peers,
                "--initial-advertise-peer-urls", peers, "--initial-cluster", "default=" + peers, "--log-level", "error",
            ]);
        var server = new EtcdServer(ToolProcess.Start(start), client);
        using HttpClient http = server.CreateClient();
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await PutAsync(http, "ready", "yes"u8.ToArray()).ConfigureAwait(false);
                return server;
            }
            catch (Exception error) when (error is HttpRequestException or InvalidOperationException && Stopwatch.GetElapsedTime(began) < StartLimit)
            {
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
    }

    public HttpClient CreateClient() => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = _address,
        DefaultRequestVersion = new Version(2, 0),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Acknowledged when it is on disk.</summary>
    /// <exception cref="InvalidOperationException">etcd did not take it.</exception>
    public static async Task PutAsync(HttpClient client, string key, byte[] value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/etcdserverpb.KV/Put") { Content = new ByteArrayContent(Frame(key, value)), Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using HttpResponseMessage response = await client.SendAsync(request).ConfigureAwait(false);
        await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        string status = response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.First()
            : response.Headers.TryGetValues("grpc-status", out values) ? values.First() : "none";
        if (status != "0")
        {
            throw new InvalidOperationException($"etcd: {response.StatusCode}, grpc-status {status}");
        }
    }

    public async ValueTask DisposeAsync() => await ToolProcess.StopAsync(_process).ConfigureAwait(false);

    // PutRequest: key is field 1, value is field 2.
    private static byte[] Frame(string key, byte[] value)
    {
        using var stream = new MemoryStream(value.Length + 64);
        stream.Write(new byte[FrameHead]);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(key, Encoding.UTF8));
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        byte[] frame = stream.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - FrameHead);
        return frame;
    }
}
