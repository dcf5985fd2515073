// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy;

/// <summary>The ports that were seen of one peer.</summary>
internal sealed class PortSet
{
    private const int FirstUnprivileged = 1024;
    private const int LeastRun = 3; // a range of two is longer than its ports
    private const int WidestGap = 4096; // of a spread: twenty ports of the ephemeral ones lie 1,400 apart

    private readonly HashSet<(string Protocol, int Port)> _ports = [];

    /// <summary>Every port: the neighbour named none.</summary>
    public bool IsAny { get; set; }

    public bool IsEmpty => !IsAny && _ports.Count == 0;

    public void Add(string protocol, int port) => _ports.Add((protocol, port));

    public void Add(PortSet other)
    {
        IsAny |= other.IsAny;
        _ports.UnionWith(other._ports);
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
            _ports.ExceptWith(other._ports);
        }
    }

    /// <summary>A resolver that was asked one way is asked the other way when the answer is too long, or the network is bad.</summary>
    public void CompleteDns(int port)
    {
        if (_ports.Contains(("UDP", port)) || _ports.Contains(("TCP", port)))
        {
            _ports.Add(("UDP", port));
            _ports.Add(("TCP", port));
        }
    }

    /// <param name="spread">Ports near each other from which on all between them count; 0 = never.</param>
    /// <returns>Sorted; none for every port.</returns>
    public PortRange[] Ranges(int spread) => IsAny ? [] :
        [.. _ports.GroupBy(port => port.Protocol, port => port.Port).SelectMany(group => Ranges(group.Key, [.. group.Order()], spread)).Order()];

    private static List<PortRange> Ranges(string protocol, int[] ports, int spread)
    {
        var ranges = new List<PortRange>();
        for (int from = 0; from < ports.Length;)
        {
            int cluster = End(ports, from, WidestGap);
            if (spread > 0 && ports[from] >= FirstUnprivileged && cluster - from >= spread)
            {
                ranges.Add(new PortRange(ports[from], ports[cluster - 1], protocol));
                from = cluster;
                continue;
            }

            int run = End(ports, from, 1);
            if (run - from >= LeastRun)
            {
                ranges.Add(new PortRange(ports[from], ports[run - 1], protocol));
                from = run;
            }
            else
            {
                ranges.Add(new PortRange(ports[from], ports[from], protocol));
                from++;
            }
        }

        return ranges;
    }

    /// <returns>The first that is further from the one before it than the gap; ports below 1024 and above are never together in a spread.</returns>
    private static int End(int[] ports, int from, int gap)
    {
        int at = from + 1;
        while (at < ports.Length && ports[at] - ports[at - 1] <= gap && (gap == 1 || ports[at] >= FirstUnprivileged == ports[from] >= FirstUnprivileged))
        {
            at++;
        }

        return at;
    }
}
