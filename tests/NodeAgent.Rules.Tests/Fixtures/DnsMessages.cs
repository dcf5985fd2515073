// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Rules.Tests.Fixtures;

internal static class DnsMessages
{
    public static byte[] Query(string name, byte flags = 1) => Query([.. name.TrimEnd('.').Split('.').Select(Encoding.Latin1.GetBytes)], flags);

    public static byte[] Query(byte[][] labels, byte flags = 1)
    {
        List<byte> message = [0x12, 0x34, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (byte[] label in labels)
        {
            message.Add((byte)label.Length);
            message.AddRange(label);
        }

        message.AddRange([0, 0, 1, 0, 1]);
        return [.. message];
    }
}
