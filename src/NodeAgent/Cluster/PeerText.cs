// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Cluster;

/// <summary>Addresses, ports and protocols as the API writes them.</summary>
internal static class PeerText
{
    private const ulong MappedPrefix = 0xffff;

    /// <summary>Those of the texts that are addresses; the API also has <c>None</c>, names and nothing there.</summary>
    public static NetAddress[] Addresses(IEnumerable<string?> texts)
    {
        var addresses = new List<NetAddress>();
        foreach (string? text in texts)
        {
            if (text is not null && NetAddress.TryParse(text, out NetAddress address))
            {
                // As the events have it: a mapped address is the IPv4 one.
                addresses.Add(address.IsV6 && address.Value >> 32 == MappedPrefix ? new NetAddress((uint)address.Value, false) : address);
            }
        }

        return [.. addresses];
    }

    /// <returns>0 for what is no port.</returns>
    public static ushort Port(int? number) => number is > 0 and <= ushort.MaxValue ? (ushort)number : (ushort)0;

    /// <summary>Missing = TCP.</summary>
    public static TransportProtocol? Protocol(string? text) => text switch
    {
        null or "" or "TCP" => TransportProtocol.Tcp,
        "UDP" => TransportProtocol.Udp,
        "SCTP" => TransportProtocol.Sctp,
        _ => null,
    };
}
