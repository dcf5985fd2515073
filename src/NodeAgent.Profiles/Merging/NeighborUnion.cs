// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>Neighbours by who they are (<see cref="NeighborOrder"/>); their ports, addresses and names are united.</summary>
/// <remarks>
/// A neighbour without ports stands for all of them, and goes on doing so. Identifiers follow from the content: of an address
/// that gets another name it changes, and there is one neighbour still.
/// </remarks>
internal static class NeighborUnion
{
    private static readonly IComparer<NetworkPort> PortOrder = Comparer<NetworkPort>.Create((a, b) =>
        Nullable.Compare(a!.Port, b!.Port) is int byPort && byPort != 0 ? byPort : string.CompareOrdinal(a.Protocol, b.Protocol));

    public static IReadOnlyList<NetworkNeighbor> Of(IEnumerable<NetworkNeighbor> neighbors) =>
        WithoutNamed(SortedUnion.Of(neighbors.Where(neighbor => neighbor is not null).Select(Clean), NeighborOrder.Instance, Unite));

    /// <param name="sorted">What <see cref="Of"/> or this made.</param>
    public static IReadOnlyList<NetworkNeighbor> Add(IReadOnlyList<NetworkNeighbor> sorted, IReadOnlyList<NetworkNeighbor> added) =>
        added.Count == 0 ? sorted : WithoutNamed(SortedUnion.Add(sorted, [.. added.Where(neighbor => neighbor is not null).Select(Clean)], NeighborOrder.Instance, Unite));

    // A name that was only asked for says nothing more once its address is known. Such names are the last by order.
    private static IReadOnlyList<NetworkNeighbor> WithoutNamed(IReadOnlyList<NetworkNeighbor> sorted)
    {
        int first = sorted.Count;
        while (first > 0 && NeighborOrder.RankOf(sorted[first - 1]) == NeighborOrder.NameOnly)
        {
            first--;
        }

        if (first == sorted.Count)
        {
            return sorted;
        }

        var named = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < first; i++)
        {
            if (sorted[i].DnsNames is { } names && NeighborOrder.AddressOf(sorted[i]) is not null)
            {
                named.UnionWith(names);
            }
        }

        return [.. sorted.Take(first), .. sorted.Skip(first).Where(neighbor => !neighbor.DnsNames!.All(named.Contains))];
    }

    private static NetworkNeighbor Clean(NetworkNeighbor neighbor) => Normal(
        neighbor with { PodSelector = Sorted(neighbor.PodSelector), NamespaceSelector = Sorted(neighbor.NamespaceSelector) },
        neighbor.Type,
        Texts(neighbor.Dns, neighbor.DnsNames),
        Texts(neighbor.IpAddress, neighbor.IpAddresses),
        Ports(neighbor.Ports, []));

    private static NetworkNeighbor Unite(NetworkNeighbor one, NetworkNeighbor other) => Normal(
        one,
        string.CompareOrdinal(one.Type, other.Type) >= 0 ? one.Type : other.Type,
        SortedUnion.Texts(one.DnsNames, other.DnsNames),
        SortedUnion.Texts(Texts(one.IpAddress, one.IpAddresses), Texts(other.IpAddress, other.IpAddresses)),
        one.Ports is null || other.Ports is null ? null : Ports(one.Ports, other.Ports));

    private static NetworkNeighbor Normal(
        NetworkNeighbor neighbor, string? type, IReadOnlyList<string>? names, IReadOnlyList<string>? addresses, IReadOnlyList<NetworkPort>? ports)
    {
        string? single = addresses is [{ } one] && NeighborOrder.IsSingle(one) ? one : null;
        NetworkNeighbor normal = neighbor with
        {
            Type = type,
            Dns = names?[0],
            DnsNames = names,
            IpAddress = single,
            IpAddresses = single is null ? addresses : null,
            Ports = ports,
        };
        bool isSelected = normal.PodSelector is not null || normal.NamespaceSelector is not null;
        return normal with
        {
            Identifier = isSelected
                ? NeighborIdentifier.Compute(type ?? string.Empty, null, null, normal.NamespaceSelector, normal.PodSelector)
                : NeighborIdentifier.Compute(type ?? string.Empty, addresses is null ? null : string.Join(',', addresses), normal.Dns, null, null),
        };
    }

    private static LabelSelector? Sorted(LabelSelector? selector) => selector?.MatchLabels is not { Count: > 1 } labels
        ? selector
        : selector with { MatchLabels = new SortedDictionary<string, string>(labels.ToDictionary(), StringComparer.Ordinal) };

    private static IReadOnlyList<string>? Texts(string? single, IReadOnlyList<string>? several) =>
        SortedUnion.Texts(several, string.IsNullOrEmpty(single) ? null : [single]);

    private static List<NetworkPort>? Ports(IReadOnlyList<NetworkPort>? one, IReadOnlyList<NetworkPort> other)
    {
        List<NetworkPort> ports = SortedUnion.Of((one ?? []).Concat(other).Where(port => port is not null), PortOrder, Unite);
        return ports.Count == 0 ? null : ports;
    }

    private static NetworkPort Unite(NetworkPort one, NetworkPort other) => string.CompareOrdinal(one.Name, other.Name) >= 0 ? one : other;
}
