// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Security.Access;

/// <summary>Answers that hold for a time, at most so many; those used longest ago go first. Equal questions at one moment are asked once.</summary>
/// <remarks>Threads: any. A failure is told to all who wait for it and is not kept.</remarks>
internal sealed class AnswerCache<TKey, TAnswer>(int size, Func<TAnswer, TimeSpan> holds, TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Dictionary<TKey, Task<TAnswer>> _asked = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <param name="ask">Is not cancelled when one who waits is: others may wait too.</param>
    public async ValueTask<TAnswer> GetAsync(TKey key, Func<Task<TAnswer>> ask, CancellationToken cancellationToken)
    {
        Task<TAnswer>? asked;
        lock (_lock)
        {
            if (Find(key) is { } found)
            {
                return found.Answer;
            }

            if (!_asked.TryGetValue(key, out asked))
            {
                asked = AskAsync(key, ask);
                if (!asked.IsCompleted)
                {
                    _asked[key] = asked;
                }
            }
        }

        return await asked.WaitAsync(cancellationToken);
    }

    private Entry? Find(TKey key)
    {
        if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            return null;
        }

        _byUse.Remove(node);
        if (time.GetTimestamp() - node.Value.Until >= 0)
        {
            _entries.Remove(key);
            return null;
        }

        _byUse.AddFirst(node);
        return node.Value;
    }

    private async Task<TAnswer> AskAsync(TKey key, Func<Task<TAnswer>> ask)
    {
        // Begun under the lock: only the start of it may run there.
        await Task.Yield();
        try
        {
            TAnswer answer = await ask();
            Keep(key, answer);
            return answer;
        }
        finally
        {
            lock (_lock)
            {
                _asked.Remove(key);
            }
        }
    }

    private void Keep(TKey key, TAnswer answer)
    {
        TimeSpan held = holds(answer);
        if (held <= TimeSpan.Zero)
        {
            return;
        }

        long until = time.GetTimestamp() + (long)(held.TotalSeconds * time.TimestampFrequency);
        lock (_lock)
        {
            if (_entries.Remove(key, out LinkedListNode<Entry>? old))
            {
                _byUse.Remove(old);
            }

            _entries[key] = _byUse.AddFirst(new Entry(key, answer, until));
            if (_entries.Count > size)
            {
                _entries.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }
        }
    }

    private sealed record Entry(TKey Key, TAnswer Answer, long Until);
}
