// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace NodeAgent.Enrichment.Pods;

/// <summary>Keeps what is known of the pods of this node, and for a while of those that are gone. One writer, any readers.</summary>
/// <param name="maxPods">When more are put the oldest of those that are gone goes, then nothing is taken and it is counted.</param>
/// <param name="grace">How long a pod that is gone stays resolvable.</param>
public sealed class PodDirectory(int maxPods, TimeSpan grace, TimeProvider time) : IPodLookup
{
    private readonly ConcurrentDictionary<string, PodRecord> _byUid = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Namespace, string Name), PodRecord> _byName = new();
    private readonly ConcurrentQueue<PodRecord> _changed = new();
    private readonly Queue<(string Uid, long At)> _gone = new();

    // Of the writer: which of those that are gone did not come back meanwhile.
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _contested = new(StringComparer.Ordinal);
    private long _refused;
    private long _contests;

    /// <summary>Pods that are there, and those that are gone and not yet forgotten.</summary>
    public int Count => _records;

    private int _records;

    /// <summary>Pods that were not taken for want of room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Pods that claim to be of the kubelet's same file as another one; none of them is believed.</summary>
    public long Contests => Volatile.Read(ref _contests);

    public bool TryFind(string podUid, [NotNullWhen(true)] out PodRecord? pod) => _byUid.TryGetValue(podUid, out pod);

    /// <summary>The newest that was called so. Any thread.</summary>
    public bool TryFindByName(string podNamespace, string name, [NotNullWhen(true)] out PodRecord? pod) => _byName.TryGetValue((podNamespace, name), out pod);

    public bool TryTakeChanged([NotNullWhen(true)] out PodRecord? pod)
    {
        while (_changed.TryDequeue(out pod))
        {
            // What was replaced meanwhile comes later in the queue.
            if (_byUid.TryGetValue(pod.Uid, out PodRecord? newest) && ReferenceEquals(newest, pod))
            {
                return true;
            }
        }

        return false;
    }

    public void Put(PodRecord pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        Forget();
        _removed.Remove(pod.Uid);
        bool known = _byUid.TryGetValue(pod.Uid, out PodRecord? former);
        if (known)
        {
            ForgetName(former!);
        }

        if (!known && _records >= maxPods && !ForgetOldest())
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        _records += known ? 0 : 1;
        _byUid[pod.Uid] = pod;
        _byName[(pod.Namespace, pod.Name)] = pod;
        if (pod.ConfigHash.Length != 0)
        {
            PutByHash(pod);
        }

        _changed.Enqueue(pod);
    }

    public void Remove(string uid)
    {
        if (_byUid.ContainsKey(uid) && _removed.Add(uid))
        {
            _gone.Enqueue((uid, time.GetTimestamp()));
        }

        Forget();
    }

    // Whoever may make pods may write this annotation: a name that two want is nobody's.
    private void PutByHash(PodRecord pod)
    {
        bool isTaken = _byUid.TryGetValue(pod.ConfigHash, out PodRecord? other) && other.Uid != pod.Uid && !_removed.Contains(other.Uid);
        if (isTaken && _contested.Count < maxPods)
        {
            _contested.Add(pod.ConfigHash);
        }

        if (_contested.Contains(pod.ConfigHash))
        {
            Interlocked.Increment(ref _contests);
            _byUid.TryRemove(pod.ConfigHash, out _);
        }
        else if (!isTaken)
        {
            _byUid[pod.ConfigHash] = pod;
        }
    }

    // Unless another one is called so now.
    private void ForgetName(PodRecord pod) => _byName.TryRemove(KeyValuePair.Create((pod.Namespace, pod.Name), pod));

    private void Forget()
    {
        while (_gone.TryPeek(out (string Uid, long At) oldest) && time.GetElapsedTime(oldest.At) > grace)
        {
            ForgetOldest();
        }
    }

    private bool ForgetOldest()
    {
        while (_gone.TryDequeue(out (string Uid, long At) oldest))
        {
            if (_removed.Remove(oldest.Uid) && _byUid.TryRemove(oldest.Uid, out PodRecord? pod))
            {
                _records--;

                ForgetName(pod);

                // Another one of the same file may have it now.
                _byUid.TryRemove(KeyValuePair.Create(pod.ConfigHash, pod));
                return true;
            }
        }

        return false;
    }
}
