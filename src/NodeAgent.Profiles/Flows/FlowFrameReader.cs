// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;
using static NodeAgent.Profiles.Flows.FlowFrames;

namespace NodeAgent.Profiles.Flows;

/// <summary>Reads one frame. Hostile bytes end in <see cref="InvalidDataException"/>: every length is held against what is left.</summary>
internal ref struct FlowFrameReader(ReadOnlySpan<byte> payload)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>Adds what it holds; a frame that is refused adds no flow.</summary>
    public static void Read(ReadOnlySpan<byte> payload, FlowHistory history)
    {
        var reader = new FlowFrameReader(payload);
        var drops = new FlowDrops((long)(reader.Number() & long.MaxValue), (long)(reader.Number() & long.MaxValue));
        string[] texts = reader.Texts();
        FlowWorkload[] workloads = reader.Workloads(texts, history);
        FlowPeer[] peers = reader.Peers(texts);
        var flows = new KeyValuePair<FlowId, FlowTotal>[reader.Count(6)];
        for (int i = 0; i < flows.Length; i++)
        {
            flows[i] = reader.Flow(texts, workloads, peers);
        }

        if (!reader._rest.IsEmpty)
        {
            throw new InvalidDataException("there is more than it says");
        }

        foreach ((FlowId id, FlowTotal total) in flows)
        {
            history.Add(id, total);
        }

        history.Drops = new FlowDrops(history.Drops.TooOld + drops.TooOld, history.Drops.NoRoom + drops.NoRoom);
    }

    private string[] Texts()
    {
        string[] texts = new string[Count(1)];
        for (int i = 0; i < texts.Length; i++)
        {
            try
            {
                texts[i] = Utf8.GetString(Bytes(Count(1)));
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException("a text is none", e);
            }
        }

        return texts;
    }

    private FlowWorkload[] Workloads(string[] texts, FlowHistory history)
    {
        var workloads = new FlowWorkload[Count(4)];
        for (int i = 0; i < workloads.Length; i++)
        {
            string space = Of(texts);
            string name = Of(texts);
            bool isOnHostNetwork = Bytes(1)[0] == 1;
            workloads[i] = history.Workload(space, name, Labels(texts), isOnHostNetwork);
        }

        return workloads;
    }

    private FlowPeer[] Peers(string[] texts)
    {
        var peers = new FlowPeer[Count(3)];
        for (int i = 0; i < peers.Length; i++)
        {
            var kind = (FlowPeerKind)Bytes(1)[0];
            peers[i] = kind switch
            {
                FlowPeerKind.Pods => FlowPeer.Of(new PeerSelector(Of(texts), Labels(texts))),
                FlowPeerKind.Address or FlowPeerKind.Node or FlowPeerKind.OwnNode => FlowPeer.Of(Address(Bytes(1)[0] == 1), kind),
                _ => throw new InvalidDataException($"a peer is of kind {(int)kind}"),
            };
        }

        return peers;
    }

    private KeyValuePair<FlowId, FlowTotal> Flow(string[] texts, FlowWorkload[] workloads, FlowPeer[] peers)
    {
        FlowWorkload workload = Of(workloads);
        FlowPeer peer = Of(peers);
        var bits = (FlowBits)Bytes(1)[0];
        ulong port = Number();
        long count = (long)(Number() & long.MaxValue);
        long first = Seconds(0);
        long last = Seconds(first);
        string? name = bits.HasFlag(FlowBits.HasName) ? Of(texts) : null;
        NetAddress address = bits.HasFlag(FlowBits.HasAddress) ? Address(bits.HasFlag(FlowBits.AddressIsV6)) : peer.Address;
        if (port > ushort.MaxValue)
        {
            throw new InvalidDataException($"a port is {port}");
        }

        TransportProtocol protocol = bits.HasFlag(FlowBits.Udp) ? TransportProtocol.Udp : bits.HasFlag(FlowBits.Sctp) ? TransportProtocol.Sctp : TransportProtocol.Tcp;
        return new(new FlowId(workload, peer, (ushort)port, protocol, bits.HasFlag(FlowBits.Egress)), new FlowTotal(count, first, last, address, name));
    }

    // A date that no calendar has would spoil what prints it.
    private long Seconds(long since)
    {
        ulong value = Number();
        long most = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - since;
        return value <= (ulong)most ? since + (long)value : throw new InvalidDataException("a time is in no calendar");
    }

    private KeyValuePair<string, string>[] Labels(string[] texts)
    {
        var labels = new KeyValuePair<string, string>[Count(2)];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = new(Of(texts), Of(texts));
        }

        return labels;
    }

    private T Of<T>(T[] table)
    {
        ulong index = Number();
        return index < (ulong)table.Length ? table[index] : throw new InvalidDataException("it points to what is not there");
    }

    private NetAddress Address(bool isV6)
    {
        NetAddress.TryFromBytes(Bytes(isV6 ? 16 : 4), out NetAddress address);
        return address;
    }

    /// <param name="leastSize">Units: bytes of one of those that are counted: what cannot be there is not made room for.</param>
    private int Count(int leastSize)
    {
        ulong count = Number();
        return count <= (ulong)(_rest.Length / leastSize) ? (int)count : throw new InvalidDataException("a count is more than there is");
    }

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (_rest.Length < count)
        {
            throw new InvalidDataException("it is cut");
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    private ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Bytes(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number has no end");
    }
}
