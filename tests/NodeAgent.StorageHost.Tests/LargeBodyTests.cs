// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.StorageHost.Tests;

/// <summary>An object of 100 MB.</summary>
public sealed class LargeBodyTests : IDisposable
{
    private const int Megabytes = 100;
    private const string Sboms = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/sbomsyfts";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_BeyondTheLimit_Is413AsAStatusAndCostsLess(bool lengthKnown)
    {
        await using StorageProcess storage = await StorageProcess.StartAsync(_scratch.Path);
        using HttpClient client = storage.Client();
        await storage.CreateAsync("before");
        double before = storage.MostResidentMegabytes;
        using HttpResponseMessage refused = await PostAsync(client, lengthKnown);
        JsonNode status = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "Status", "RequestEntityTooLarge"), (refused.StatusCode, (string?)status["kind"], (string?)status["reason"]));
        Assert.True(storage.MostResidentMegabytes - before < Megabytes, $"{before:0} MB before, {storage.MostResidentMegabytes:0} MB at most");
        await storage.CreateAsync("after");
    }

    [Fact]
    public async Task Create_WithinTheLimit_IsTakenAndReadBack()
    {
        await using StorageProcess storage = await StorageProcess.StartAsync(_scratch.Path, "--max-request-size", "128MiB");
        using HttpClient client = storage.Client();
        await storage.CreateAsync("before");
        double before = storage.MostResidentMegabytes;
        using HttpResponseMessage created = await PostAsync(client, lengthKnown: true);
        double after = storage.MostResidentMegabytes;

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        TestContext.Current.SendDiagnosticMessage($"an object of {Megabytes} MB: {before:0} MB before, {after:0} MB at most");
        using HttpResponseMessage read = await client.GetAsync(Sboms + "/large", HttpCompletionOption.ResponseHeadersRead);
        long length = 0;
        await using Stream stream = await read.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1 << 20];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            length += count;
        }

        Assert.True(length > (long)Megabytes << 20, $"{length} bytes");
    }

    // Written piece by piece: the test's own memory does not matter, but need not be wasted.
    private static Task<HttpResponseMessage> PostAsync(HttpClient client, bool lengthKnown)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Sboms + "?fieldValidation=Ignore") { Content = new LargeSbom(lengthKnown) };
        request.Headers.Accept.ParseAdd("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
        return client.SendAsync(request);
    }

    private sealed class LargeSbom : HttpContent
    {
        private static readonly byte[] Head = Encoding.ASCII.GetBytes("""{"metadata":{"name":"large"},"spec":{"syft":{"artifacts":[0""");
        private static readonly byte[] Tail = "]}}}"u8.ToArray();
        private static readonly byte[] Piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1 << 16).Select(i => $",{{\"id\":\"{i:x6}\"}}")))[..((1 << 16) * 16)];

        private readonly bool _lengthKnown;

        public LargeSbom(bool lengthKnown)
        {
            _lengthKnown = lengthKnown;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Head);
            for (int i = 0; i < Megabytes; i++)
            {
                await stream.WriteAsync(Piece);
            }

            await stream.WriteAsync(Tail);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Head.Length + ((long)Megabytes * Piece.Length) + Tail.Length;
            return _lengthKnown;
        }
    }
}
