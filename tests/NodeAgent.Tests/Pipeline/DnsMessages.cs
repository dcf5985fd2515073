// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace NodeAgent.Tests.Pipeline;

/// <summary>DNS messages as a resolver sends them (RFC 1035): one question, type A.</summary>
internal static class DnsMessages
{
    private const ushort Response = 0x8180;
    private const ushort Query = 0x0100;

    public static byte[] Question(string name) => Message(Query, name, []);

    /// <param name="name">Without the final dot.</param>
    /// <param name="address">IPv4, network order; empty = no answer record.</param>
    /// <param name="code">The RCODE.</param>
    public static byte[] Answer(string name, byte[] address, ushort code = 0) => Message((ushort)(Response | code), name, address);

    private static byte[] Message(ushort flags, string name, byte[] address)
    {
        var bytes = new List<byte>();
        Add(bytes, 0x1234, flags, 1, (ushort)(address.Length > 0 ? 1 : 0), 0, 0);
        foreach (string label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        Add(bytes, 1, 1);
        if (address.Length > 0)
        {
            // Pointer to the question's name, type A, class IN, 60 s.
            Add(bytes, 0xc00c, 1, 1, 0, 60, 4);
            bytes.AddRange(address);
        }

        return [.. bytes];
    }

    private static void Add(List<byte> bytes, params ushort[] values)
    {
        Span<byte> two = stackalloc byte[2];
        foreach (ushort value in values)
        {
            BinaryPrimitives.WriteUInt16BigEndian(two, value);
            bytes.AddRange(two);
        }
    }
}
