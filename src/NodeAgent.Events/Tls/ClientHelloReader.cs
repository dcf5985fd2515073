// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Events.Tls;

/// <summary>Reads a TLS ClientHello from its record header on, without allocating and without trusting it.</summary>
/// <remarks>Errors: none are thrown. Source: RFC 8446 4.1.2 and 5.1, RFC 6066 3, RFC 7301 3.1, RFC 9849.</remarks>
public static class ClientHelloReader
{
    private const int RecordHeaderSize = 5;
    private const int HandshakeHeaderSize = 4;
    private const int RandomSize = 32;
    private const int MaxNameLength = 255;
    private const byte Handshake = 22;
    private const byte MajorVersion = 3;
    private const byte ClientHelloType = 1;
    private const ushort ServerNameExtension = 0;
    private const ushort AlpnExtension = 16;
    private const ushort SupportedVersionsExtension = 43;
    private const ushort EncryptedHelloExtension = 0xfe0d;

    /// <param name="message">Shape: TLS records, the first of them a handshake; hostile.</param>
    /// <param name="scratch">Where a message that spans records is put together; as long as the message always suffices.</param>
    /// <param name="hello">What was read; points into message or scratch.</param>
    public static ClientHelloResult Read(ReadOnlySpan<byte> message, Span<byte> scratch, out ClientHello hello)
    {
        hello = default;
        ClientHelloResult joined = Join(message, scratch, out ReadOnlySpan<byte> handshake);
        if (joined == ClientHelloResult.Malformed || (handshake.Length > 0 && handshake[0] != ClientHelloType))
        {
            return ClientHelloResult.Malformed;
        }

        if (handshake.Length < HandshakeHeaderSize)
        {
            return ClientHelloResult.Truncated;
        }

        bool isWhole = IsWhole(handshake);
        ReadOnlySpan<byte> body = handshake[HandshakeHeaderSize..];
        ClientHelloResult result = ReadBody(isWhole ? body[..BodySize(handshake)] : body, out hello);

        // A part that leads out of a message which was cut may be in order; in a whole one it is not.
        if (isWhole && result != ClientHelloResult.Ok)
        {
            return Malformed(out hello);
        }

        return isWhole || result == ClientHelloResult.Malformed ? result : ClientHelloResult.Truncated;
    }

    private static ClientHelloResult Malformed(out ClientHello hello)
    {
        hello = default;
        return ClientHelloResult.Malformed;
    }

    /// <summary>The handshake without the headers of its records. One record is not copied.</summary>
    private static ClientHelloResult Join(ReadOnlySpan<byte> message, Span<byte> scratch, out ReadOnlySpan<byte> handshake)
    {
        ClientHelloResult result = ReadRecord(message, out handshake, out int size);
        if (result == ClientHelloResult.Ok && !IsWhole(handshake) && message.Length > RecordHeaderSize + size)
        {
            result = JoinRecords(message, scratch, out handshake);
        }

        return result;
    }

    /// <summary>Clients write one record. Several are allowed, and hide the name from those who look at the first only.</summary>
    private static ClientHelloResult JoinRecords(ReadOnlySpan<byte> message, Span<byte> scratch, out ReadOnlySpan<byte> handshake)
    {
        int used = 0;
        ClientHelloResult result;
        do
        {
            result = ReadRecord(message, out ReadOnlySpan<byte> part, out int size);
            if (part.Length > scratch.Length - used)
            {
                part = part[..(scratch.Length - used)];
                result = ClientHelloResult.Truncated;
            }

            part.CopyTo(scratch[used..]);
            used += part.Length;
            message = message[Math.Min(message.Length, RecordHeaderSize + size)..];
        }
        while (result == ClientHelloResult.Ok && !IsWhole(scratch[..used]));
        handshake = scratch[..used];
        return result;
    }

    private static ClientHelloResult ReadRecord(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> part, out int size)
    {
        part = default;
        size = 0;
        if (message.Length < RecordHeaderSize)
        {
            return ClientHelloResult.Truncated;
        }

        size = BinaryPrimitives.ReadUInt16BigEndian(message[3..]);
        if (message[0] != Handshake || message[1] != MajorVersion || size == 0)
        {
            return ClientHelloResult.Malformed;
        }

        part = message.Slice(RecordHeaderSize, Math.Min(size, message.Length - RecordHeaderSize));
        return part.Length < size ? ClientHelloResult.Truncated : ClientHelloResult.Ok;
    }

    private static bool IsWhole(ReadOnlySpan<byte> handshake) =>
        handshake.Length >= HandshakeHeaderSize && handshake.Length - HandshakeHeaderSize >= BodySize(handshake);

    private static int BodySize(ReadOnlySpan<byte> handshake) => handshake[1] << 16 | handshake[2] << 8 | handshake[3];

    /// <summary>Truncated: a part leads out of the body; what came before it stands in hello.</summary>
    private static ClientHelloResult ReadBody(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        hello = default;
        var cursor = new TlsCursor(body);
        if (!cursor.TryTakeU16(out ushort version)
            || !cursor.TryTake(RandomSize, out _)
            || !cursor.TryTakeVector8(out _) // session id
            || !cursor.TryTakeVector16(out _) // cipher suites
            || !cursor.TryTakeVector8(out _)) // compression methods
        {
            return ClientHelloResult.Truncated;
        }

        var fields = new Fields { Version = version };
        ClientHelloResult result = cursor.IsEmpty ? ClientHelloResult.Ok : ReadExtensions(ref cursor, ref fields);
        hello = new ClientHello(fields.Version, fields.ServerName, fields.Protocols, fields.IsEncrypted);
        return result;
    }

    private static ClientHelloResult ReadExtensions(ref TlsCursor cursor, ref Fields fields)
    {
        if (!cursor.TryTakeU16(out ushort size))
        {
            return ClientHelloResult.Truncated;
        }

        if (size < cursor.Rest.Length)
        {
            return ClientHelloResult.Malformed;
        }

        bool isCut = size > cursor.Rest.Length;
        while (!cursor.IsEmpty)
        {
            if (!cursor.TryTakeU16(out ushort type) || !cursor.TryTakeVector16(out ReadOnlySpan<byte> data))
            {
                return ClientHelloResult.Truncated;
            }

            if (!fields.TryRead(type, data))
            {
                return ClientHelloResult.Malformed;
            }
        }

        return isCut ? ClientHelloResult.Truncated : ClientHelloResult.Ok;
    }

    private ref struct Fields
    {
        public ushort Version;
        public ReadOnlySpan<byte> ServerName;
        public ReadOnlySpan<byte> Protocols;
        public bool IsEncrypted;

        /// <returns>False for an extension that contradicts itself, or comes twice.</returns>
        public bool TryRead(ushort type, ReadOnlySpan<byte> data) => type switch
        {
            ServerNameExtension => ServerName.IsEmpty && TryReadServerName(data),
            AlpnExtension => Protocols.IsEmpty && TryReadProtocols(data),
            SupportedVersionsExtension => TryReadVersions(data),
            EncryptedHelloExtension => IsEncrypted = true,
            _ => true,
        };

        private bool TryReadServerName(ReadOnlySpan<byte> data)
        {
            var cursor = new TlsCursor(data);
            if (!cursor.TryTakeVector16(out ReadOnlySpan<byte> list) || !cursor.IsEmpty)
            {
                return false;
            }

            // One name of the type host_name (0); no other type was ever given.
            var names = new TlsCursor(list);
            bool read = names.TryTakeByte(out byte kind) && kind == 0 && names.TryTakeVector16(out ServerName) && names.IsEmpty;
            return read && ServerName.Length is > 0 and <= MaxNameLength && !ServerName.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        }

        private bool TryReadProtocols(ReadOnlySpan<byte> data)
        {
            var cursor = new TlsCursor(data);
            if (!cursor.TryTakeVector16(out ReadOnlySpan<byte> list) || !cursor.IsEmpty || list.IsEmpty)
            {
                return false;
            }

            var entries = new TlsCursor(list);
            while (!entries.IsEmpty)
            {
                if (!entries.TryTakeVector8(out ReadOnlySpan<byte> entry) || entry.IsEmpty)
                {
                    return false;
                }
            }

            Protocols = list;
            return true;
        }

        private bool TryReadVersions(ReadOnlySpan<byte> data)
        {
            var cursor = new TlsCursor(data);
            if (!cursor.TryTakeVector8(out ReadOnlySpan<byte> list) || !cursor.IsEmpty || list.Length % 2 != 0)
            {
                return false;
            }

            for (var versions = new TlsCursor(list); versions.TryTakeU16(out ushort version);)
            {
                bool isReserved = (version & 0x0f0f) == 0x0a0a;
                Version = isReserved || version < Version ? Version : version;
            }

            return true;
        }
    }
}
