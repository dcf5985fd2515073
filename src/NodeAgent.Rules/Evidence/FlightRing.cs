// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Time;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Evidence;

/// <summary>The last events of one container; the oldest makes room.</summary>
internal sealed class FlightRing
{
    public const int Capacity = 64;

    /// <summary>Units: bytes of an event's text that are kept.</summary>
    public const int DetailBytes = 96;

    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly byte[] _details = new byte[Capacity * DetailBytes];
    private int _next;

    public ulong CgroupId { get; private set; }

    /// <summary>Units: boot ns of the newest event.</summary>
    public ulong LastNs { get; private set; }

    /// <summary>Empties it for another container.</summary>
    public void Begin(ulong cgroupId)
    {
        Array.Clear(_entries);
        (CgroupId, LastNs, _next) = (cgroupId, 0, 0);
    }

    public void Add(EventObject seen, ProcessKey process)
    {
        ref Entry entry = ref _entries[_next];
        Span<byte> room = _details.AsSpan(_next * DetailBytes, DetailBytes);
        _next = (_next + 1) % Capacity;
        LastNs = seen.Header.TimeNs;
        bool isPair = seen.EventType is RuleEventType.Symlink or RuleEventType.Hardlink or RuleEventType.Rename;
        int length = Put(isPair ? seen.OldPath : TextOf(seen), room, out bool isCut);
        if (isPair)
        {
            length += Put(Arrow, room[length..], out bool noArrow);
            length += Put(seen.NewPath, room[length..], out bool noRest);
            isCut |= noArrow | noRest;
        }

        entry = new Entry(
            seen.Header.TimeNs, process, seen.EventType, (byte)length, isCut, seen.Error, seen.RemotePort, (TransportProtocol)seen.ProtocolNumber, seen.RemoteAddress);
    }

    /// <summary>The newest of a process, oldest first.</summary>
    public List<AlertEvent> Of(ProcessKey process, int most, WallClock clock, IPeerNames? peers)
    {
        var told = new List<AlertEvent>();
        for (int back = 1; back <= Capacity && told.Count < most; back++)
        {
            int at = (_next - back + Capacity) % Capacity;
            ref readonly Entry entry = ref _entries[at];
            if (entry.Process == process)
            {
                AlertPeer? peer = entry.HasPeer ? peers?.Find(entry.RemoteAddress, entry.RemotePort, entry.Protocol, entry.TimeNs) : null;
                told.Add(new AlertEvent(
                    clock.ToText(entry.TimeNs), RuleEventTypes.NameOf(entry.Type), Describe(in entry, _details.AsSpan(at * DetailBytes, entry.Length)), peer));
            }
        }

        told.Reverse();
        return told;
    }

    private static CelText Arrow { get; } = new(" -> "u8.ToArray(), 0, 4);

    // The one that says what it was about.
    private static CelText TextOf(EventObject seen) => seen.EventType switch
    {
        RuleEventType.Exec => seen.Argv.Length > 0 ? seen.Argv : seen.ExePath,
        RuleEventType.Credentials => seen.Syscall,
        _ => seen.Path.Length > 0 ? seen.Path : seen.Name.Length > 0 ? seen.Name : seen.Detail.Length > 0 ? seen.Detail : seen.Syscall,
    };

    private static int Put(CelText text, Span<byte> room, out bool isCut)
    {
        ReadOnlySpan<byte> bytes = text.Span.TrimEnd((byte)0);
        isCut = bytes.Length > room.Length;
        bytes = isCut ? bytes[..room.Length] : bytes;
        bytes.Replace(room, (byte)0, (byte)' '); // what ends an argument
        return bytes.Length;
    }

    private static string Describe(in Entry entry, ReadOnlySpan<byte> text)
    {
        string detail = ByteText.Decode(text) + (entry.IsCut ? "…" : string.Empty);
        if (entry.HasPeer)
        {
            string address = entry.RemoteAddress.IsV6 ? $"[{entry.RemoteAddress}]" : entry.RemoteAddress.ToString();
            detail = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{detail} {address}:{entry.RemotePort}").TrimStart();
        }

        return entry.Error == 0 ? detail : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{detail} (failed, errno {entry.Error})");
    }

    private readonly record struct Entry(
        ulong TimeNs, ProcessKey Process, RuleEventType Type, byte Length, bool IsCut, uint Error, ushort RemotePort, TransportProtocol Protocol, NetAddress RemoteAddress)
    {
        public bool HasPeer => RemoteAddress != default;
    }
}
