// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Tls;

/// <summary>Outcome of reading a handshake.</summary>
public enum ClientHelloResult
{
    Ok,

    /// <summary>The bytes end before the message does; what stands before that was read.</summary>
    Truncated,

    /// <summary>No ClientHello, or lengths that contradict each other.</summary>
    Malformed,
}

/// <summary>What a TLS client says in the clear before it has keys; a view into the message.</summary>
public readonly ref struct ClientHello
{
    private readonly ReadOnlySpan<byte> _protocols;

    internal ClientHello(ushort version, ReadOnlySpan<byte> serverName, ReadOnlySpan<byte> protocols, bool isEncrypted)
    {
        Version = version;
        ServerName = serverName;
        _protocols = protocols;
        HasEncryptedHello = isEncrypted;
    }

    /// <summary>Shape: the highest version offered, 0x0303 = TLS 1.2, 0x0304 = TLS 1.3; reserved values (RFC 8701) do not count.</summary>
    public ushort Version { get; }

    /// <summary>Shape: visible ASCII, case kept, at most 255 bytes; empty when the client names no server.</summary>
    public ReadOnlySpan<byte> ServerName { get; }

    /// <summary>Another ClientHello stands inside, encrypted: then <see cref="ServerName"/> is only the outer name.</summary>
    public bool HasEncryptedHello { get; }

    /// <summary>The application protocols (ALPN), in the client's order.</summary>
    /// <param name="position">0 at first; moved on by each call.</param>
    /// <param name="protocol">Shape: any bytes, <c>h2</c>, <c>http/1.1</c>.</param>
    /// <returns>False at the end.</returns>
    public bool TryReadProtocol(ref int position, out ReadOnlySpan<byte> protocol)
    {
        protocol = default;
        if ((uint)position >= (uint)_protocols.Length)
        {
            return false;
        }

        // The lengths were checked when the extension was read.
        int length = _protocols[position];
        protocol = _protocols.Slice(position + 1, length);
        position += 1 + length;
        return true;
    }
}
