// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace NodeAgent.Enrichment.Peers;

/// <summary>Who has and had each place. One writer, any readers: arrays are replaced, never changed.</summary>
internal sealed class TenureMap(PeerTableOptions options)
{
    private readonly ConcurrentDictionary<PlaceKey, Tenure[]> _places = new();
    private readonly Queue<(PlaceKey Place, ulong EndNs)> _ended = new();
    private readonly ulong _lagNs = options.AnnounceLag.Ns();
    private readonly ulong _ageNs = options.HistoryAge.Ns();

    public int Places => _places.Count;

    public int History => _ended.Count;

    /// <summary>Ends of tenures that were forgotten before their time.</summary>
    public long Evicted { get; private set; }

    public bool TryGet(PlaceKey place, out Tenure[]? tenures) => _places.TryGetValue(place, out tenures);

    public void Begin(PlaceKey place, PeerEntry holder, ulong nowNs)
    {
        Tenure[] before = _places.TryGetValue(place, out Tenure[]? known) ? known : [];
        ulong from = nowNs > _lagNs ? nowNs - _lagNs : 0;
        foreach (Tenure tenure in before)
        {
            // While another one is there the address was surely not ours alone; once it left, nobody else can have talked.
            from = Math.Max(from, tenure.IsOpen ? nowNs : tenure.ToNs);
        }

        _places[place] = [.. before, new Tenure(holder, Math.Min(from, nowNs), Tenure.Open)];
    }

    public void End(PlaceKey place, PeerEntry holder, ulong nowNs)
    {
        if (!_places.TryGetValue(place, out Tenure[]? before))
        {
            return;
        }

        var after = (Tenure[])before.Clone();
        for (int i = 0; i < after.Length; i++)
        {
            if (after[i].IsOpen && ReferenceEquals(after[i].Holder, holder))
            {
                after[i] = after[i] with { ToNs = Math.Max(nowNs, after[i].FromNs) };
                _ended.Enqueue((place, after[i].ToNs));
            }
        }

        _places[place] = Within(after, options.MaxHistoryPerAddress);
    }

    /// <summary>Forgets what is too old or too much.</summary>
    public void Expire(ulong nowNs)
    {
        while (_ended.TryPeek(out (PlaceKey Place, ulong EndNs) oldest) && (nowNs > oldest.EndNs + _ageNs || _ended.Count > options.MaxHistory))
        {
            _ended.Dequeue();
            Evicted += nowNs > oldest.EndNs + _ageNs ? 0 : 1;
            if (_places.TryGetValue(oldest.Place, out Tenure[]? tenures))
            {
                Tenure[] left = Array.FindAll(tenures, tenure => tenure.ToNs > oldest.EndNs);
                if (left.Length == 0)
                {
                    _places.TryRemove(oldest.Place, out _);
                }
                else
                {
                    _places[oldest.Place] = left;
                }
            }
        }
    }

    private static Tenure[] Within(Tenure[] tenures, int maxEnded)
    {
        int surplus = tenures.Count(tenure => !tenure.IsOpen) - maxEnded;
        return surplus <= 0 ? tenures : Array.FindAll(tenures, tenure => tenure.IsOpen || surplus-- <= 0);
    }
}
