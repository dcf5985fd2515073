// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.Events.Tests.Dns;

public sealed class DnsFuzzTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);

    [Fact]
    public void Reading_RandomBytes_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes =>
        {
            DnsWalk.Walk(bytes);
            return true;
        }));

    [Fact]
    public void Reading_RandomBytesBehindAHeader_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes =>
        {
            byte[] message = [0, 1, 0x81, 0x80, 0, 2, 0, 9, 0, 9, 0, 9, .. bytes];
            DnsWalk.Walk(message);
            return true;
        }));

    [Fact]
    public void Reading_ValidMessageWithFlippedBitsAndCuts_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<int, int[], int>((which, flips, cut) =>
        {
            byte[] message = DnsMessages.Bytes(DnsMessages.All[(uint)which % DnsMessages.All.Length]);
            foreach (int flip in flips)
            {
                uint bit = (uint)flip * 2654435761u % (uint)(message.Length * 8);
                message[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            }

            DnsWalk.Walk(cut % 3 == 0 ? message.AsSpan(0, (int)((uint)cut % message.Length)) : message);
            return true;
        }));

    [Fact]
    public void Reading_RandomPointersAndLabels_EndsWithoutThrowing() =>
        Check.One(Many, Prop.ForAll<byte[]>(bytes =>
        {
            // Half of all bytes become the start of a pointer or a short label, so that most names get somewhere.
            byte[] names = bytes.Select(b => (b % 4) switch { 0 => (byte)0xc0, 1 => (byte)(b % 8), _ => b }).ToArray();
            byte[] message = [0, 1, 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 1, (byte)'a', 0, 0, 1, 0, 1, .. names];
            DnsWalk.Walk(message);
            return true;
        }));
}
