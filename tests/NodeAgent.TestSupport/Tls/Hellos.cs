// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.TestSupport.Tls;

/// <summary>Writes ClientHellos as RFC 8446 4.1.2 says.</summary>
public static class Hellos
{
    public static byte[] ServerName(string name) => Extension(0, Vector16([0, .. Vector16(Encoding.Latin1.GetBytes(name))]));

    public static byte[] Alpn(params string[] protocols) => Extension(16, Vector16([.. protocols.SelectMany(protocol => Vector8(Encoding.Latin1.GetBytes(protocol)))]));

    public static byte[] Versions(params ushort[] versions) => Extension(43, Vector8([.. versions.SelectMany(U16)]));

    public static byte[] Extension(ushort type, byte[] data) => [.. U16(type), .. Vector16(data)];

    /// <summary>A handshake message, without records.</summary>
    public static byte[] Handshake(params byte[][] extensions)
    {
        byte[] body =
        [
            3, 3, .. Enumerable.Range(0, 32).Select(at => (byte)at), .. Vector8(new byte[32]), .. Vector16([0x13, 1, 0x13, 2]), .. Vector8([0]),
            .. Vector16([.. extensions.SelectMany(extension => extension)]),
        ];
        return [1, (byte)(body.Length >> 16), .. U16((ushort)body.Length), .. body];
    }

    /// <summary>The message in one record, or in several of at most <paramref name="size"/> bytes.</summary>
    public static byte[] Records(byte[] handshake, int size = 16384) =>
        [.. handshake.Chunk(size).SelectMany(part => (byte[])[22, 3, 1, .. Vector16(part)])];

    private static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Vector8(byte[] bytes) => [(byte)bytes.Length, .. bytes];

    private static byte[] Vector16(byte[] bytes) => [.. U16((ushort)bytes.Length), .. bytes];
}
