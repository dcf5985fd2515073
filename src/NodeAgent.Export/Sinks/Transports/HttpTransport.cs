// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Export.Sinks.Bodies;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Transports;

/// <summary>Alerts as HTTP requests, one at a time. Redirects are not followed: they would take the secrets elsewhere.</summary>
internal sealed class HttpTransport : IAlertTransport
{
    private const int MaxAnswerBytes = 256 << 10;
    private const int MaxReason = 200;
    private readonly HttpOptions _options;
    private readonly IHttpBody _body;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly Dictionary<string, SecretFile> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly SecretFile? _token;
    private readonly SecretFile? _password;

    public HttpTransport(HttpOptions options, IHttpBody body, TimeProvider time)
    {
        _options = options;
        _body = body;
        _time = time;
        foreach ((string name, string file) in options.SecretHeaders)
        {
            _secrets[name] = new SecretFile(file, time);
        }

        _token = options.TokenFile is { } token ? new SecretFile(token, time) : null;
        _password = options.PasswordFile is { } password ? new SecretFile(password, time) : null;
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !options.Url.IsLoopback,
            MaxConnectionsPerServer = 1,
            MaxResponseHeadersLength = 64,
        };
        options.Tls.Apply(sockets.SslOptions);
        _client = new HttpClient(sockets) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public int MaxBatch => Math.Min(_options.MaxBatch, _body.MaxBatch);

    public TimeSpan BatchWait => _options.BatchWait;

    public bool MayJoin(AlertMessage first, AlertMessage next) => _body.MayJoin(first, next);

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<AlertMessage> batch, CancellationToken cancellation)
    {
        using HttpRequestMessage request = CreateRequest(batch);
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        byte[] answer = await ReadAsync(response, cancellation).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            ForgetSecrets();
        }

        return (_body.Judge(status, answer, batch) ?? Judge(status, answer)) with { RetryAfter = RetryAfter(response) };
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What a status means where the receiver has no meaning of its own.</summary>
    internal static DeliveryResult Judge(int status, ReadOnlyMemory<byte> answer) => status switch
    {
        >= 200 and < 300 => DeliveryResult.Delivered,
        >= 300 and < 400 => new DeliveryResult(DeliveryOutcome.Retry, $"HTTP {status}: redirects are not followed, the address in the configuration has to be the right one"),
        400 or 413 or 415 or 422 => new DeliveryResult(DeliveryOutcome.Refused, Reason(status, answer)),
        _ => new DeliveryResult(DeliveryOutcome.Retry, Reason(status, answer)),
    };

    internal static string Reason(int status, ReadOnlyMemory<byte> answer) =>
        answer.IsEmpty ? $"HTTP {status}" : $"HTTP {status}: {OneLine.Escape(Encoding.UTF8.GetString(answer.Span[..Math.Min(MaxReason, answer.Length)]).Trim())}";

    private HttpRequestMessage CreateRequest(IReadOnlyList<AlertMessage> batch)
    {
        var request = new HttpRequestMessage(_options.Method, _body.Address(_options.Url, batch))
        {
            Content = CreateContent(_body.Write(batch)),
            Version = HttpVersion.Version11,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "node-agent");
        foreach ((string name, string value) in _options.Headers)
        {
            Add(request, name, value);
        }

        foreach ((string name, SecretFile secret) in _secrets)
        {
            Add(request, name, secret.Read());
        }

        Authorize(request);
        if (_options.IdempotencyHeader is { } header)
        {
            Add(request, header, IdempotencyKey(batch));
        }

        return request;
    }

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
        {
            request.Content!.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private void Authorize(HttpRequestMessage request)
    {
        if (_token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(_options.TokenScheme, _token.Read());
        }
        else if (_options.User is { } user)
        {
            string pair = $"{user}:{_password?.Read()}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }
    }

    private ByteArrayContent CreateContent(byte[] body)
    {
        byte[] sent = _options.Gzip ? Compress(body) : body;
        var content = new ByteArrayContent(sent);
        content.Headers.TryAddWithoutValidation("Content-Type", _body.ContentType);
        if (_options.Gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        return content;
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    /// <summary>The same alerts have the same key whenever they are sent.</summary>
    internal static string IdempotencyKey(IReadOnlyList<AlertMessage> batch)
    {
        string ids = string.Join('\n', batch.Select(message => AlertView.NotificationIdOf(message.Alert.Spec.Alerts[0])));
        return batch.Count == 1 ? ids : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ids)).AsSpan(0, 16));
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = new byte[Math.Clamp(response.Content.Headers.ContentLength ?? MaxAnswerBytes, 0, MaxAnswerBytes)];
            int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return buffer[..length];
        }
    }

    private void ForgetSecrets()
    {
        _token?.Forget();
        _password?.Forget();
        foreach (SecretFile secret in _secrets.Values)
        {
            secret.Forget();
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };
}
