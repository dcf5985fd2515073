// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Pipeline;

/// <summary>Tells the storage what is new in profiles: one chunk after the other, each acknowledged before the next. One user at a time.</summary>
/// <param name="client">Stays the caller's.</param>
/// <param name="node">Tells the series of two nodes with one profile apart.</param>
internal sealed class ChunkSender(StorageClient client, string node, ShipperOptions options, ShippingMetrics metrics, TimeProvider time, ILogger logger)
{
    private const int MinLimit = 4 << 10;

    // Of one profile; then the next state is as good a moment to go on.
    private const int MaxRounds = 24;

    // Beyond, the one that was not used for the longest time begins anew when it has something to tell.
    private const int MaxSeries = 4096;

    private readonly Dictionary<string, (DeltaSeries Series, long Used)> _series = new(StringComparer.Ordinal);
    private int _limit = options.MaxChunkBytes;
    private long _uses;

    /// <exception cref="StorageException">Not all was taken, and it may be later.</exception>
    public async Task SendAsync(ProfileSnapshot snapshot, CancellationToken cancellation)
    {
        DeltaSeries series = SeriesOf(snapshot.Key);
        bool startedOver = false;
        for (int round = 0; round < MaxRounds && series.Next(snapshot.Profile!, snapshot.Workload, _limit) is { } delta; round++)
        {
            bool? isMissing = await TrySendAsync(snapshot.Key, series, delta, cancellation).ConfigureAwait(false);
            if (isMissing is not { } missing)
            {
                continue;
            }

            series.Acknowledge(delta);
            if (!missing || startedOver)
            {
                return;
            }

            startedOver = true;
            metrics.StartedOver++;
            Log.ProfileStartedOver(logger, snapshot.Key);
            series.StartOver();
        }
    }

    public void Forget(string key) => _series.Remove(key);

    /// <returns>Whether the storage lacks earlier chunks; null = a chunk is too large, and the next delta is made to fit.</returns>
    private async Task<bool?> TrySendAsync(string key, DeltaSeries series, Delta delta, CancellationToken cancellation)
    {
        bool missing = false;
        metrics.Splits += delta.Parts > 1 ? 1 : 0;
        for (int part = 0; part < delta.Parts; part++)
        {
            ContainerProfile chunk = delta.Chunk(part);
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(chunk, ApiJsonContext.Readable.ContainerProfile);
            Measure(key, json.Length);
            try
            {
                IReadOnlyDictionary<string, string> answer = await client.CreateAsync(
                    new ApiObject(ContainerProfile.Plural, chunk.Metadata.Namespace!, chunk.Metadata.Name!, json), cancellation).ConfigureAwait(false);
                missing = answer.ContainsKey(ChunkAnnotations.Missing);
                metrics.Sent++;
                metrics.SentBytes += json.Length;
            }
            catch (StorageException error) when (error.StatusCode == HttpStatusCode.RequestEntityTooLarge && delta.EntriesOf(part) > 0)
            {
                MakeFit(key, series, delta, part, json.Length);
                return null;
            }
        }

        return missing;
    }

    private void Measure(string key, int bytes)
    {
        if (bytes > _limit)
        {
            metrics.EntriesOversized++;
            Log.EntryOversized(logger, key, bytes, _limit);
        }
    }

    private void MakeFit(string key, DeltaSeries series, Delta delta, int part, int bytes)
    {
        if (delta.EntriesOf(part) == 1)
        {
            series.Refuse(delta, part);
            metrics.EntriesRefused++;
            Log.EntryRefused(logger, key, bytes);
            return;
        }

        _limit = Math.Max(MinLimit, Math.Min(_limit, bytes) / 2);
        metrics.LimitsHalved++;
        Log.ChunkTooLarge(logger, bytes, _limit);
    }

    private DeltaSeries SeriesOf(string key)
    {
        DeltaSeries series = _series.TryGetValue(key, out (DeltaSeries Series, long) known) ? known.Series : new DeltaSeries(node, time);
        _series[key] = (series, ++_uses);
        if (_series.Count > MaxSeries)
        {
            _series.Remove(_series.MinBy(entry => entry.Value.Used).Key);
        }

        return series;
    }
}
