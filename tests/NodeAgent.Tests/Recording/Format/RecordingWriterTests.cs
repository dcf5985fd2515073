// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Layout;
using NodeAgent.Recording.Format;
using NodeAgent.Tests.Replay;

namespace NodeAgent.Tests.Recording.Format;

/// <summary>What is written is what is read, within the bytes that were allowed.</summary>
public sealed class RecordingWriterTests
{
    private static readonly RecordingHeader Header = RecordedMachine.Header(DateTimeOffset.UnixEpoch.AddHours(1)) with { Containers = ["web"], Sensors = ["file", "tcp"] };

    [Fact]
    public void Read_WhatWasWritten_IsEachEntryInOrder()
    {
        byte[] file = Write(long.MaxValue, writer =>
        {
            for (int at = 0; at < 5000; at++)
            {
                writer.Append(at % 7 == 0 ? EntryType.Tick : EntryType.Record, [(byte)at], new byte[at % 300]);
            }
        });

        using var reader = new RecordingReader(new MemoryStream(file));
        for (int at = 0; at < 5000; at++)
        {
            Assert.True(reader.TryRead(out EntryType type, out ReadOnlySpan<byte> entry));
            Assert.Equal(at % 7 == 0 ? EntryType.Tick : EntryType.Record, type);
            Assert.Equal((byte)at, entry[0]);
            Assert.Equal(1 + (at % 300), entry.Length);
        }

        Assert.False(reader.TryRead(out _, out _));
        Assert.Null(reader.Damage);
        Assert.Equal(new RecordingEnd { Records = 4285, Ticks = 715 }, reader.End);
    }

    [Fact]
    public void Read_Header_IsWhatWasWritten()
    {
        using var reader = new RecordingReader(new MemoryStream(Write(long.MaxValue, _ => { })));

        Assert.Equal(["web"], reader.Header.Containers);
        Assert.Equal(["file", "tcp"], reader.Header.Sensors);
        Assert.Equal(("node-a", "host-a", "here", Header.Begun), (reader.Header.Node, reader.Header.Host, reader.Header.Cluster, reader.Header.Begun));
        Assert.Equal(WireVersion.Current, reader.Header.Wire);
    }

    // Random bytes: what Brotli cannot make smaller.
    [Theory]
    [InlineData(3000)]
    [InlineData(200_000)]
    [InlineData(2_000_000)]
    public void Append_MoreThanFits_IsCountedAndTheFileStaysInItsLimit(int maxBytes)
    {
        var random = new Random(1);
        const int Entries = 300;
        byte[] file = Write(maxBytes, writer =>
        {
            for (int at = 0; at < Entries; at++)
            {
                byte[] noise = new byte[10_000];
                random.NextBytes(noise);
                writer.Append(EntryType.Record, default, noise);
            }
        });

        using var reader = new RecordingReader(new MemoryStream(file));
        int read = 0;
        while (reader.TryRead(out _, out _))
        {
            read++;
        }

        Assert.True(file.Length <= maxBytes, $"{file.Length} bytes");
        Assert.Null(reader.Damage);
        Assert.Equal(Entries, read + reader.End!.NotWritten);
        Assert.True(reader.End.NotWritten > 0);
    }

    [Fact]
    public void Append_LongerThanABlock_IsCountedAndLeftOut()
    {
        using var reader = new RecordingReader(new MemoryStream(Write(long.MaxValue, writer =>
        {
            writer.Append(EntryType.Record, default, new byte[RecordingFrames.MaxEntryBytes]);
            writer.Append(EntryType.Record, default, new byte[RecordingFrames.MaxEntryBytes - RecordingFrames.EntryHeadSize]);
        })));

        Assert.True(reader.TryRead(out _, out ReadOnlySpan<byte> entry));
        Assert.Equal(RecordingFrames.MaxEntryBytes - RecordingFrames.EntryHeadSize, entry.Length);
        Assert.False(reader.TryRead(out _, out _));
        Assert.Equal(1, reader.End!.NotWritten);
    }

    // As a kill leaves it.
    [Fact]
    public void Flush_WithoutAnEnd_IsReadUpToThereAndSaid()
    {
        using var file = new MemoryStream();
        using var writer = new RecordingWriter(file, Header, long.MaxValue);
        writer.Append(EntryType.Record, default, [1]);
        writer.Flush();
        writer.Append(EntryType.Record, default, [2]);

        using var reader = new RecordingReader(new MemoryStream(file.ToArray()));

        Assert.True(reader.TryRead(out _, out ReadOnlySpan<byte> entry));
        Assert.Equal([1], entry.ToArray());
        Assert.False(reader.TryRead(out _, out _));
        Assert.Equal("was cut off behind frame 2: it has no end; read until there: 1 entries", reader.Damage);
    }

    private static byte[] Write(long maxBytes, Action<RecordingWriter> write)
    {
        using var file = new MemoryStream();
        using var writer = new RecordingWriter(file, Header, maxBytes);
        write(writer);
        writer.End();
        return file.ToArray();
    }
}
