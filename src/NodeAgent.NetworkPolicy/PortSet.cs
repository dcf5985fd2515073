// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy;

/// <summary>The ports that were seen of one peer.</summary>
internal sealed class PortSet
{
    private const int FirstUnprivileged = 1024;
    private const int LeastRun = 3; // a range of two is longer than its ports
    private const int WidestGap = 4096; // of a spread: twenty ports of the ephemeral ones lie 1,400 apart

    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    // Shape: number of the protocol << 16 | port; a neighbour has a few, so a list is smaller and faster than a set.
    private readonly List<int> _ports = [];
    private bool _isSorted = true;

    /// <summary>Every port: the neighbour named none.</summary>
    public bool IsAny { get; set; }

    public bool IsEmpty => !IsAny && _ports.Count == 0;

    /// <param name="protocol">Shape: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>.</param>
    public void Add(string protocol, int port) => Add((Array.IndexOf(Protocols, protocol) << 16) | port);

    public void Add(PortSet other)
    {
        IsAny |= other.IsAny;
        foreach (int port in other._ports)
        {
            Add(port);
        }
    }

    /// <summary>Takes out what another set has.</summary>
    public void Remove(PortSet other)
    {
        if (other.IsAny)
        {
            IsAny = false;
            _ports.Clear();
        }
        else if (!IsAny)
        {
            _ports.RemoveAll(other._ports.Contains);
        }
    }

    /// <summary>A resolver that was asked one way is asked the other way when the answer is too long, or the network is bad.</summary>
    public void CompleteDns(int port)
    {
        if (_ports.Exists(one => one == ((1 << 16) | port) || one == ((2 << 16) | port)))
        {
            Add("TCP", port);
            Add("UDP", port);
        }
    }

    /// <param name="spread">Ports near each other from which on all between them count; 0 = never.</param>
    /// <returns>Sorted; none for every port.</returns>
    public PortRange[] Ranges(int spread)
    {
        if (IsAny)
        {
            return [];
        }

        Sort();
        var ranges = new List<PortRange>(_ports.Count);
        for (int from = 0; from < _ports.Count;)
        {
            int cluster = End(from, WidestGap);
            if (spread > 0 && Port(from) >= FirstUnprivileged && cluster - from >= spread)
            {
                ranges.Add(Range(from, cluster));
                from = cluster;
                continue;
            }

            int run = End(from, 1);
            run = run - from >= LeastRun ? run : from + 1;
            ranges.Add(Range(from, run));
            from = run;
        }

        ranges.Sort();
        return [.. ranges];
    }

    // The last one again is what most repeats are.
    private void Add(int port)
    {
        if (_ports.Count > 0 && _ports[^1] >= port)
        {
            if (_ports[^1] == port)
            {
                return;
            }

            _isSorted = false;
        }

        _ports.Add(port);
    }

    private void Sort()
    {
        if (_isSorted)
        {
            return;
        }

        _ports.Sort();
        int kept = 0;
        for (int i = 0; i < _ports.Count; i++)
        {
            if (kept == 0 || _ports[i] != _ports[kept - 1])
            {
                _ports[kept++] = _ports[i];
            }
        }

        _ports.RemoveRange(kept, _ports.Count - kept);
        _isSorted = true;
    }

    private int Port(int at) => _ports[at] & 0xffff;

    private PortRange Range(int from, int end) => new(Port(from), Port(end - 1), Protocols[_ports[from] >> 16]);

    /// <returns>The first that is further from the one before it than the gap; ports below 1024 and above are never together in a spread.</returns>
    private int End(int from, int gap)
    {
        int at = from + 1;
        while (at < _ports.Count && _ports[at] >> 16 == _ports[from] >> 16 && Port(at) - Port(at - 1) <= gap
            && (gap == 1 || Port(at) >= FirstUnprivileged == Port(from) >= FirstUnprivileged))
        {
            at++;
        }

        return at;
    }
}
