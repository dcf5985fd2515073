// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Files.Tests;

public sealed class FrameTests
{
    private static readonly byte[] Magic = "TEST"u8.ToArray();

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xe3069283u)] // the check value of CRC-32/ISCSI
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Crc32C_KnownText_HasItsSum(string text, uint sum) => Assert.Equal(sum, Crc32C.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void TryFind_WhatWasWritten_IsSound()
    {
        byte[] frame = Framed([1, 2, 3, 4, 5]);
        Assert.True(Frame.TryFind([.. frame, 9, 9], Magic, 100, out ReadOnlySpan<byte> payload, out bool isSound));
        Assert.True(isSound);
        Assert.Equal([1, 2, 3, 4, 5], payload.ToArray());
    }

    [Fact]
    public void TryFind_CutAtEveryByte_IsNone()
    {
        byte[] frame = Framed([1, 2, 3, 4, 5]);
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(Frame.TryFind(frame.AsSpan(0, length), Magic, 100, out _, out _));
        }
    }

    [Fact]
    public void TryFind_AnyBitAltered_IsNoneOrUnsound()
    {
        byte[] frame = Framed([1, 2, 3, 4, 5]);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] altered = [.. frame];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Frame.TryFind(altered, Magic, 100, out _, out bool isSound) && isSound, $"bit {bit}");
        }
    }

    [Fact]
    public void TryFind_LengthOverTheLimitOrNegative_IsNone()
    {
        byte[] frame = Framed(new byte[50]);
        Assert.False(Frame.TryFind(frame, Magic, 49, out _, out _));
        frame[7] = 0x80;
        Assert.False(Frame.TryFind(frame, Magic, int.MaxValue, out _, out _));
    }

    [Fact]
    public void Replace_WriterFails_LeavesTheOldFileAndNoRest()
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-files-").FullName;
        try
        {
            string path = Path.Combine(folder, "deep", "file");
            WholeFile.Replace(path, stream => stream.Write("old"u8));
            Assert.Throws<IOException>(() => WholeFile.Replace(path, stream =>
            {
                stream.Write("half"u8);
                throw new IOException("told to fail");
            }));
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Framed(byte[] payload)
    {
        byte[] frame = new byte[Frame.HeaderSize + payload.Length];
        Frame.WriteHeader(frame, Magic, payload);
        payload.CopyTo(frame.AsSpan(Frame.HeaderSize));
        return frame;
    }
}
