// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Files;
using static NodeAgent.Profiles.Flows.FlowFrames;

namespace NodeAgent.Profiles.Flows;

/// <summary>Writes one frame.</summary>
internal sealed class FlowFrameWriter
{
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<FlowWorkload, int> _workloads = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FlowPeer, int> _peers = [];
    private readonly ArrayBufferWriter<byte> _head = new();
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly ArrayBufferWriter<byte> _flows = new();

    public byte[] Write(ReadOnlySpan<KeyValuePair<FlowId, FlowTotal>> flows, FlowDrops drops)
    {
        foreach ((FlowId id, FlowTotal total) in flows)
        {
            Flow(id, total);
        }

        // Texts first, since all the rest points to them.
        foreach (FlowWorkload workload in _workloads.Keys)
        {
            Workload(workload);
        }

        var workloads = new ArrayBufferWriter<byte>();
        Number(workloads, (ulong)_workloads.Count);
        workloads.Write(_body.WrittenSpan);
        _body.ResetWrittenCount();
        foreach (FlowPeer peer in _peers.Keys)
        {
            Peer(peer);
        }

        Number(_head, (ulong)drops.TooOld);
        Number(_head, (ulong)drops.NoRoom);
        Number(_head, (ulong)_texts.Count);
        foreach (string text in _texts.Keys)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Number(_head, (ulong)bytes.Length);
            _head.Write(bytes);
        }

        _head.Write(workloads.WrittenSpan);
        Number(_head, (ulong)_peers.Count);
        _head.Write(_body.WrittenSpan);
        Number(_head, (ulong)flows.Length);
        _head.Write(_flows.WrittenSpan);
        return Framed(_head.WrittenSpan);
    }

    private static byte[] Framed(ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[FrameHeaderSize + payload.Length];
        Frame.WriteHeader(frame, FrameMagic, payload);
        payload.CopyTo(frame.AsSpan(FrameHeaderSize));
        return frame;
    }

    private void Flow(in FlowId id, in FlowTotal total)
    {
        FlowBits bits = BitsOf(id, total);
        Number(_flows, (ulong)IndexOf(_workloads, id.Workload));
        Number(_flows, (ulong)IndexOf(_peers, id.Peer));
        Byte(_flows, (byte)bits);
        Number(_flows, id.Port);
        Number(_flows, (ulong)total.Count);
        Number(_flows, (ulong)Math.Max(total.FirstUnix, 0));
        Number(_flows, (ulong)Math.Max(total.LastUnix - Math.Max(total.FirstUnix, 0), 0));
        if (total.Name is { } name)
        {
            Number(_flows, (ulong)Text(name));
        }

        if (bits.HasFlag(FlowBits.HasAddress))
        {
            Address(_flows, total.LastAddress);
        }
    }

    private void Workload(FlowWorkload workload)
    {
        Number(_body, (ulong)Text(workload.Namespace));
        Number(_body, (ulong)Text(workload.Name));
        Byte(_body, workload.IsOnHostNetwork ? (byte)1 : (byte)0);
        Labels(workload.Labels);
    }

    private void Peer(in FlowPeer peer)
    {
        Byte(_body, (byte)peer.Kind);
        if (peer.Pods is { } pods)
        {
            Number(_body, (ulong)Text(pods.Namespace));
            Labels(pods.Labels);
            return;
        }

        Byte(_body, peer.Address.IsV6 ? (byte)1 : (byte)0);
        Address(_body, peer.Address);
    }

    private void Labels(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        Number(_body, (ulong)labels.Count);
        foreach ((string key, string value) in labels)
        {
            Number(_body, (ulong)Text(key));
            Number(_body, (ulong)Text(value));
        }
    }

    private int Text(string text) => IndexOf(_texts, text);

    private static int IndexOf<T>(Dictionary<T, int> table, T item)
        where T : notnull
    {
        if (!table.TryGetValue(item, out int index))
        {
            table[item] = index = table.Count;
        }

        return index;
    }

    private static void Address(ArrayBufferWriter<byte> to, NetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address.Value);
        to.Write(address.IsV6 ? bytes : bytes[12..]);
    }

    private static void Byte(ArrayBufferWriter<byte> to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }

    private static void Number(ArrayBufferWriter<byte> to, ulong value)
    {
        Span<byte> span = to.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        to.Advance(length);
    }
}
