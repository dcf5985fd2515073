// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>Listens for what other replicas write, and keeps house: trims, looks whether writes work, measures.</summary>
/// <remarks>A notification only wakes; what is told comes from the tables by revision, so a lost connection loses nothing.</remarks>
internal sealed class PostgresFollower(
    PostgresConnections connections, ChangeLog log, PostgresFeed feed, PostgresHealth health, string sender, StorageOptions options, ILogger logger) : IAsyncDisposable
{
    private const int PollTimeoutSeconds = 5;

    // The longest that an event is late when its notification never comes; and how often health is looked at.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HouseInterval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private long _told;
    private long _trimmed;
    private long _house;
    private long _sizeBytes;

    /// <summary>Units: bytes of the tables, with their indexes, a minute old at most.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan backoff = TimeSpan.Zero;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await connections.OpenSingleAsync(_stop.Token);
                connection.Notification += (_, notification) => Take(notification.Payload);
                await ExecuteAsync(connection, $"LISTEN {PostgresSchema.Name}");
                backoff = TimeSpan.Zero;
                await FollowAsync(connection);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                string reason = PostgresFault.Is(error) ? PostgresFault.Explain(error).Message : error.Message;
                if (backoff == TimeSpan.Zero)
                {
                    Log.ListenerLost(logger, reason);
                }
                else
                {
                    // The first new attempt failed too.
                    health.Failed(reason);
                }

                backoff = backoff == TimeSpan.Zero ? TimeSpan.FromMilliseconds(50) : backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff;
                await Task.Delay(backoff, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(NpgsqlConnection connection)
    {
        // After LISTEN: what is committed from now on wakes, and what was before is read here.
        feed.CatchUp();
        while (true)
        {
            await KeepHouseAsync(connection);
            if (!await connection.WaitAsync(Poll, _stop.Token))
            {
                // Asked on this connection: one that is half open is found out, and made anew.
                Volatile.Write(ref _told, await NewestAsync(connection));
            }

            feed.CatchUp(Volatile.Read(ref _told));
        }
    }

    // Shape: the sender and a revision. This replica has told its own watchers itself.
    private void Take(string payload)
    {
        if (payload.Split(' ') is [var from, var text] && from != sender
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision))
        {
            Volatile.Write(ref _told, Math.Max(Volatile.Read(ref _told), revision));
        }
    }

    private async Task KeepHouseAsync(NpgsqlConnection connection)
    {
        if (health.Reason is not null)
        {
            // Writes nothing new, but what a write needs: the lock, the log on disk, a server that is not read-only.
            await ExecuteAsync(connection, $"UPDATE {PostgresSchema.Name}.counter SET revision = revision");
            health.Works();
        }

        bool due = _house == 0 || Stopwatch.GetElapsedTime(_house) >= HouseInterval;
        if (health.Reason is null && (due || log.Newest - _trimmed >= options.WatchWindowEvents))
        {
            long newest = log.Newest;
            _trimmed = await PostgresTrim.RunAsync(connection, 2L * options.WatchWindowEvents, _stop.Token) ? _trimmed : newest;
        }

        if (due)
        {
            _house = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand(
                $"SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{PostgresSchema.Name}' AND c.relkind = 'r'", connection);
            Volatile.Write(ref _sizeBytes, await command.ExecuteScalarAsync(_stop.Token) is long size ? size : 0);
        }
    }

    private async Task<long> NewestAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand($"SELECT revision FROM {PostgresSchema.Name}.counter", connection) { CommandTimeout = PollTimeoutSeconds };
        long newest = await command.ExecuteScalarAsync(_stop.Token) is long found ? found : throw new StoreUnavailableException("the database has lost its counter");
        if (newest < log.Newest)
        {
            // It went back: that is looked into.
            feed.CatchUp();
        }

        return newest;
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constants of this file.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(_stop.Token);
    }
}
