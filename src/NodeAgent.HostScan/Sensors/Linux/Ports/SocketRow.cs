// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;

namespace NodeAgent.HostScan.Sensors.Linux.Ports;

/// <summary>One socket, as a file of /proc/net tells it.</summary>
/// <param name="State">Source: include/net/tcp_states.h.</param>
/// <param name="Inode">0 = belongs to no process any more.</param>
internal readonly record struct SocketRow(IPAddress LocalAddress, int LocalPort, IPAddress RemoteAddress, int RemotePort, byte State, uint Uid, ulong Inode)
{
    public const byte Listen = 0x0A;

    /// <summary>Of what has no connections: bound, and with no one peer.</summary>
    public const byte Unconnected = 0x07;

    /// <param name="line">Shape: <c>0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 12345 …</c>.</param>
    /// <returns>False for the headline and for whatever has another form.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out SocketRow row)
    {
        row = default;
        ReadOnlySpan<byte> rest = line;
        Next(ref rest);
        if (!TryAddress(Next(ref rest), out IPAddress local, out int localPort) || !TryAddress(Next(ref rest), out IPAddress remote, out int remotePort)
            || !TryHex(Next(ref rest), 2, out uint state))
        {
            return false;
        }

        for (int passedOver = 0; passedOver < 3; passedOver++)
        {
            Next(ref rest);
        }

        bool hasUid = TryNumber(Next(ref rest), out ulong uid);
        Next(ref rest);
        if (!hasUid || uid > uint.MaxValue || !TryNumber(Next(ref rest), out ulong inode))
        {
            return false;
        }

        row = new SocketRow(local, localPort, remote, remotePort, (byte)state, (uint)uid, inode);
        return true;
    }

    // The kernel prints each word of the address as a number of its own byte order; little-endian on all that we run on.
    private static bool TryAddress(ReadOnlySpan<byte> text, out IPAddress address, out int port)
    {
        (address, port) = (IPAddress.None, 0);
        int colon = text.IndexOf((byte)':');
        if (colon is not (8 or 32) || !TryHex(text[(colon + 1)..], 4, out uint number))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        for (int word = 0; word < colon / 8; word++)
        {
            if (!TryHex(text.Slice(word * 8, 8), 8, out uint value))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(word * 4)..], value);
        }

        (address, port) = (new IPAddress(bytes[..(colon / 2)]), (int)number);
        return true;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int digits, out uint value)
    {
        value = 0;
        return text.Length == digits && Utf8Parser.TryParse(text, out value, out int used, 'X') && used == digits;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out ulong value) => Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && used > 0;
}
