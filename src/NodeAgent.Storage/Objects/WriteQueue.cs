// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;

namespace NodeAgent.Storage.Objects;

/// <summary>Writes on their way to the one task that carries them out: whatever waits goes into one transaction.</summary>
/// <remarks>Threads: any to enqueue, one to take.</remarks>
internal sealed class WriteQueue
{
    // A full queue makes writers wait (their HTTP requests do), it never drops.
    private const int Length = 1024;
    private const int MaxBatch = 256;
    private const long MaxBatchBytes = 16L << 20;

    private readonly Channel<PendingWrite> _queue =
        Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(Length) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <returns>What became of the write, when it is known.</returns>
    /// <exception cref="StoreUnavailableException">The store is stopping.</exception>
    public async Task<IReadOnlyList<WriteResult>> EnqueueAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite(requests);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException error)
        {
            throw new StoreUnavailableException("the storage is stopping", error);
        }

        // Not cancelled from here on: a write that was taken is carried out, and its caller learns the outcome.
        return await pending.Done.Task;
    }

    /// <returns>False once the queue is complete and empty.</returns>
    public ValueTask<bool> WaitAsync() => _queue.Reader.WaitToReadAsync();

    /// <summary>Fills the batch with what waits, up to the bounds of one transaction.</summary>
    public void Take(List<PendingWrite> batch)
    {
        batch.Clear();
        long bytes = 0;
        while (batch.Count < MaxBatch && bytes < MaxBatchBytes && _queue.Reader.TryRead(out PendingWrite? pending))
        {
            bytes += pending.Requests.Sum(request => (long)(request.Template?.Text.Length ?? 0));
            batch.Add(pending);
        }
    }

    /// <summary>Takes no more; what was accepted stays to be carried out.</summary>
    public void Complete() => _queue.Writer.TryComplete();
}

/// <summary>The requests of one caller, who waits.</summary>
internal sealed class PendingWrite(IReadOnlyList<WriteRequest> requests)
{
    public IReadOnlyList<WriteRequest> Requests { get; } = requests;

    public IReadOnlyList<WriteResult> Results { get; set; } = [];

    public TaskCompletionSource<IReadOnlyList<WriteResult>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
