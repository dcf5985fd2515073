// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Unary gRPC calls over HTTP/2 on a UNIX socket. For any thread; it connects when first used, and again when the peer was away.</summary>
/// <remarks>Source: gRPC over HTTP/2: five bytes (compressed, length) before each message, the outcome in the trailers.</remarks>
internal sealed class GrpcConnection : IDisposable
{
    private const int PrefixBytes = 5;

    // A list of the containers of a full node is some hundred KiB.
    private const int MaxAnswerBytes = 16 << 20;

    private readonly HttpMessageInvoker _http;

    public GrpcConnection(string socketPath) => _http = new HttpMessageInvoker(UnixSocketHttp.Handler(socketPath));

    /// <param name="method">Shape: <c>/runtime.v1.RuntimeService/Version</c>.</param>
    /// <exception cref="GrpcException">The peer refused, or does not speak gRPC.</exception>
    /// <exception cref="HttpRequestException">There is no connection.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(string method, IMessage question, MessageParser<TAnswer> parser, CancellationToken cancellation)
        where TAnswer : IMessage<TAnswer>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://localhost" + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(question)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
        byte[] body = await UnixSocketHttp.ReadAsync(response, MaxAnswerBytes, cancellation)
            ?? throw new GrpcException(GrpcException.NoStatus, $"the answer is longer than {MaxAnswerBytes} bytes");

        // An error without an answer stands in the headers: there are no trailers then.
        Check(response.StatusCode, StatusOf(response.Headers) ?? StatusOf(response.TrailingHeaders), response);
        return Parse(body, parser);
    }

    public void Dispose() => _http.Dispose();

    private static byte[] Frame(IMessage message)
    {
        int size = message.CalculateSize();
        byte[] frame = new byte[PrefixBytes + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    private static int? StatusOf(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out IEnumerable<string>? values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? status
            : null;

    private static void Check(HttpStatusCode http, int? status, HttpResponseMessage response)
    {
        if (http != HttpStatusCode.OK || status is null)
        {
            throw new GrpcException(GrpcException.NoStatus, $"the peer does not speak gRPC: HTTP status {(int)http}");
        }

        if (status != 0)
        {
            string message = response.Headers.TryGetValues("grpc-message", out IEnumerable<string>? texts)
                || response.TrailingHeaders.TryGetValues("grpc-message", out texts)
                    ? Uri.UnescapeDataString(texts.First())
                    : string.Empty;
            throw new GrpcException(status.Value, $"status {status}: {message}");
        }
    }

    private static TAnswer Parse<TAnswer>(byte[] body, MessageParser<TAnswer> parser)
        where TAnswer : IMessage<TAnswer>
    {
        if (body.Length < PrefixBytes || body[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) != body.Length - PrefixBytes)
        {
            throw new GrpcException(GrpcException.NoStatus, "the answer is not one whole, uncompressed message");
        }

        try
        {
            return parser.ParseFrom(body.AsSpan(PrefixBytes));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcException(GrpcException.NoStatus, $"the answer is no message of this kind: {e.Message}");
        }
    }
}
