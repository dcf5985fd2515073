// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Merging;

/// <summary>Which neighbours are the same one, and in which order they stand.</summary>
/// <remarks>
/// First those chosen by labels, one for each choice. Then addresses, one for each address or block whatever its names. Then the
/// rest, by their addresses or names. Last names that were asked for, without an address and ports. None of it changes when two that are the same are united.
/// </remarks>
internal sealed class NeighborOrder : IComparer<NetworkNeighbor>
{
    public const int NameOnly = 3;

    public static NeighborOrder Instance { get; } = new();

    public static int RankOf(NetworkNeighbor neighbor) =>
        neighbor.PodSelector is not null || neighbor.NamespaceSelector is not null ? 0
        : AddressOf(neighbor) is not null ? 1
        : neighbor is { IpAddresses: null, DnsNames.Count: > 0, Ports: null } ? NameOnly
        : 2;

    /// <returns>The one address or block that a neighbour is; null when it is something else.</returns>
    public static string? AddressOf(NetworkNeighbor neighbor) =>
        neighbor.PodSelector is not null || neighbor.NamespaceSelector is not null ? null
        : neighbor.IpAddress ?? (neighbor.IpAddresses is [{ } block] && block != "*" ? block : null);

    /// <summary>True for an address, false for a block and a wildcard.</summary>
    public static bool IsSingle(string address) => !address.Contains('/', StringComparison.Ordinal) && address != "*";

    /// <remarks>Both normal, as <see cref="NeighborUnion"/> makes them.</remarks>
    public int Compare(NetworkNeighbor? x, NetworkNeighbor? y)
    {
        int rank = RankOf(x!);
        int order = rank.CompareTo(RankOf(y!));
        return order != 0 ? order : rank switch
        {
            0 => string.CompareOrdinal(x!.Identifier, y!.Identifier),
            1 => Compare(AddressOf(x!)!, AddressOf(y!)!),
            2 when Compare(x!.IpAddresses, y!.IpAddresses) is int byAddress && byAddress != 0 => byAddress,
            2 when x!.IpAddresses is not null => 0,
            _ => Compare(x!.DnsNames, y!.DnsNames),
        };
    }

    private static int Compare(string one, string other)
    {
        int order = Parse(one).CompareTo(Parse(other));
        return order != 0 ? order : string.CompareOrdinal(one, other);
    }

    private static int Compare(IReadOnlyList<string>? one, IReadOnlyList<string>? other)
    {
        int order = 0;
        for (int i = 0; order == 0 && i < Math.Min(one?.Count ?? 0, other?.Count ?? 0); i++)
        {
            order = string.CompareOrdinal(one![i], other![i]);
        }

        return order != 0 ? order : (one?.Count ?? 0).CompareTo(other?.Count ?? 0);
    }

    // What is no address comes first.
    private static (bool, NetAddress, int) Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int length = slash >= 0 && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits : 0;
        return NetAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out NetAddress address) ? (true, address, length) : (false, default, 0);
    }
}
