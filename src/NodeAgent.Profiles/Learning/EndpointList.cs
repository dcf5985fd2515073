// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections;
using System.Text;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

/// <summary>What an <see cref="EndpointSet"/> held at one moment, peers with their names. Immutable; any thread.</summary>
internal sealed class EndpointList(ByteList<int> endpoints, ByteList<byte> names) : IReadOnlyList<KeyValuePair<Endpoint, string?>>
{
    /// <summary>Units: bytes. Shape: address (u128), port (u16), prefix length, protocol, whether it is IPv6, whether we called.</summary>
    public const int TextSize = 22;

    public int Count => endpoints.Count;

    public KeyValuePair<Endpoint, string?> this[int index] => KeyValuePair.Create(
        Read(endpoints.TextAt(index)), endpoints.ValueAt(index) is >= 0 and int name ? Encoding.UTF8.GetString(names.TextAt(name)) : null);

    public static void Write(in Endpoint endpoint, Span<byte> text)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(text, endpoint.Address.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(text[16..], endpoint.Port);
        text[18] = endpoint.PrefixLength;
        text[19] = (byte)endpoint.Protocol;
        text[20] = endpoint.Address.IsV6 ? (byte)1 : (byte)0;
        text[21] = endpoint.Egress ? (byte)1 : (byte)0;
    }

    public static Endpoint Read(ReadOnlySpan<byte> text) => new(
        new NetAddress(BinaryPrimitives.ReadUInt128LittleEndian(text), text[20] != 0),
        text[18], BinaryPrimitives.ReadUInt16LittleEndian(text[16..]), (TransportProtocol)text[19], text[21] != 0);

    public IEnumerator<KeyValuePair<Endpoint, string?>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
