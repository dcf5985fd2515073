// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Peers;

/// <summary>One object and where it is found. Its newest snapshot is what is known of its past too.</summary>
internal sealed class PeerEntry(PeerObject item)
{
    private PeerObject _item = item;

    public PeerObject Item
    {
        get => Volatile.Read(ref _item);
        set => Volatile.Write(ref _item, value);
    }

    public PlaceKey[] Places { get; set; } = [];

    /// <summary>The list in which it was seen last.</summary>
    public int Round { get; set; }
}

/// <summary>An address; or a port at each node, which is no address: then the number has a bit that no address has.</summary>
internal readonly record struct PlaceKey(UInt128 Value, byte Family)
{
    private const byte NodePortFamily = 1;

    public static PlaceKey Of(Events.Net.NetAddress address) => new(address.Value, address.IsV6 ? (byte)6 : (byte)4);

    public static PlaceKey OfNodePort(ushort port, Events.Net.TransportProtocol protocol) => new(((uint)protocol << 16) | port, NodePortFamily);

    public override int GetHashCode() => ((ulong)Value ^ ((ulong)(Value >> 64) * 0x9e3779b97f4a7c15) ^ ((ulong)Family << 57)).GetHashCode();
}

/// <summary>That somebody had a place for a time.</summary>
/// <param name="FromNs">Units: boot ns.</param>
/// <param name="ToNs">Units: boot ns, exclusive; <see cref="Open"/> = still has it.</param>
internal readonly record struct Tenure(PeerEntry Holder, ulong FromNs, ulong ToNs)
{
    public const ulong Open = ulong.MaxValue;

    public bool IsOpen => ToNs == Open;

    public bool Covers(ulong timeNs) => timeNs >= FromNs && timeNs < ToNs;
}
