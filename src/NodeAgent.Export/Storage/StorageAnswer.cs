// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Export.Storage;

/// <summary>One answer, read whole and bounded, with what it says about itself.</summary>
internal sealed class StorageAnswer : IDisposable
{
    private const int MaxErrorText = 300;
    private const int MaxErrorBytes = 64 * 1024;
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);
    private readonly HttpResponseMessage _response;
    private readonly TimeSpan? _retryAfter;

    private StorageAnswer(HttpResponseMessage response, byte[] body, TimeSpan? retryAfter)
    {
        _response = response;
        _retryAfter = retryAfter;
        Body = body;
    }

    public ReadOnlyMemory<byte> Body { get; }

    public HttpStatusCode StatusCode => _response.StatusCode;

    public bool IsSuccess => _response.IsSuccessStatusCode;

    /// <summary>Takes the response over.</summary>
    public static async Task<StorageAnswer> ReadAsync(
        HttpResponseMessage response, StorageConnection connection, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            long limit = response.IsSuccessStatusCode ? connection.MaxAnswerBytes : MaxErrorBytes;
            byte[]? body = await ReadBodyAsync(response, limit, cancellation).ConfigureAwait(false);
            return body is null && response.IsSuccessStatusCode
                ? throw new StorageException($"{connection.Server}: the answer is larger than {limit} bytes")
                : new StorageAnswer(response, body ?? [], RetryAfterOf(response, time));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void ThrowIfFailed()
    {
        if (!IsSuccess)
        {
            throw Failure();
        }
    }

    public StorageException Failure()
    {
        (string? message, string? reason, _) = ApiJson.ReadStatus(Body);
        string text = Printable(message ?? Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, MaxErrorText)]));
        return new StorageException($"{Server}: {(int)StatusCode} {StatusCode}: {text}")
        {
            StatusCode = StatusCode,
            Reason = reason ?? string.Empty,
            RetryAfter = _retryAfter,
            IsTransient = IsWorthRetrying(StatusCode),
        };
    }

    public StorageException Unusable(string why, Exception? inner = null) =>
        new($"{Server}: {(int)StatusCode}, but the answer is not the API's: {why}", inner) { StatusCode = StatusCode, IsTransient = true };

    public T Read<T>(Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(Body);
        }
        catch (JsonException error)
        {
            throw Unusable(error.Message, error);
        }
    }

    public void Dispose() => _response.Dispose();

    private Uri? Server => _response.RequestMessage?.RequestUri;

    /// <summary>Refused rights may be granted, and a token renewed, while the agent runs: 401 and 403 are worth asking again.</summary>
    private static bool IsWorthRetrying(HttpStatusCode code) =>
        code is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict
            or HttpStatusCode.TooManyRequests or (>= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented);

    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, long limit, CancellationToken cancellation)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var body = new MemoryStream((int)Math.Clamp(response.Content.Headers.ContentLength ?? 4096, 0, Math.Min(limit, 1 << 20)));
            byte[] buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and int read)
            {
                if (body.Length + read > limit)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }

            return body.ToArray();
        }
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, MaxRetryAfter.Ticks)) : null;
    }

    /// <summary>What a server says goes to a log and a terminal: one bounded line without control characters.</summary>
    public static string Printable(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxErrorText));
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxErrorText)))
        {
            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        return clean.Length == 0 ? "(no text)" : clean.ToString();
    }
}
