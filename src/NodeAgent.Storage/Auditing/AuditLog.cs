// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Auditing;

/// <summary>Who asked for what, and what became of it. No request waits for it: what the sink is too slow for is left out and counted.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    private const int QueueLength = 4096;
    private const string IdHeader = "Audit-Id";
    private const int MaxIdLength = 64;

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly IAuditSink _sink;
    private readonly StorageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    public AuditLog(IAuditSink sink, StorageMetrics metrics, TimeProvider time)
    {
        _sink = sink;
        _metrics = metrics;
        _time = time;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>A request came; its id goes into the answer.</summary>
    public AuditRecord Begin(HttpContext http)
    {
        string given = http.Request.Headers[IdHeader].ToString();
        string id = given.Length is > 0 and <= MaxIdLength && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? given : Guid.NewGuid().ToString();
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[IdHeader] = id;
            return Task.CompletedTask;
        });
        return new AuditRecord(id, _time.GetUtcNow());
    }

    /// <summary>A watch began to answer; its end is told by <see cref="Complete"/>.</summary>
    public void Started(HttpContext http, AuditRecord record) => Tell(http, record, "ResponseStarted");

    public void Complete(HttpContext http, AuditRecord record) => Tell(http, record, "ResponseComplete");

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        _stop.CancelAfter(DrainTime);
        await _writing;
        await _sink.DisposeAsync();
        _stop.Dispose();
    }

    private void Tell(HttpContext http, AuditRecord record, string stage)
    {
        if (!_lines.Writer.TryWrite(AuditEvent.Write(http, record, stage, _time.GetUtcNow())))
        {
            _metrics.AuditDropped("queue");
        }
    }

    private async Task WriteAsync()
    {
        await foreach (byte[] line in _lines.Reader.ReadAllAsync())
        {
            try
            {
                await _sink.WriteAsync(line, _stop.Token);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                _metrics.AuditDropped("sink");
            }
        }
    }
}

/// <summary>What is known of one request by now.</summary>
internal sealed class AuditRecord(string id, DateTimeOffset received)
{
    public string Id { get; } = id;

    public DateTimeOffset Received { get; } = received;

    /// <summary>Null: nobody was told.</summary>
    public Caller? Caller { get; set; }

    public AccessRequest? Asked { get; set; }

    /// <summary>Shape: <c>allow</c>, <c>forbid</c>, or null: it did not come so far.</summary>
    public string? Decision { get; set; }

    /// <summary>Of the Status that was answered; null = an object.</summary>
    public Api.Meta.Status? Failure { get; set; }
}
