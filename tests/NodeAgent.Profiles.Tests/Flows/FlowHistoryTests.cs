// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events.Net;
using NodeAgent.Files;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Tests.Checkpoints;

namespace NodeAgent.Profiles.Tests.Flows;

public sealed class FlowHistoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("flows-").FullName;
    private readonly FlowMetrics _metrics = new();
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private string File => Path.Combine(_directory, "flows.history");

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Write_Appended_IsTheSumOfItsFrames()
    {
        FlowHistory whole = new();
        using (FlowHistoryLog log = Log(maxAgeDays: 36_500))
        {
            Assert.Equal(0, log.Open().Count);
            for (int i = 0; i < 3; i++)
            {
                var news = new FlowHistory();
                foreach (FlowHistory history in (FlowHistory[])[whole, news])
                {
                    history.Add(Id(history, "10.0.0.1", 443), Total(2, 100 + i, 200 + i, "10.0.0.1", "api.example"));
                    history.Add(Pods(history, 8080), Total(1, 50, 60 + i, i == 2 ? "2001:db8::7" : "10.244.0.7"));
                }

                log.Write(whole, news);
            }
        }

        FlowHistoryContent read = FlowHistoryFile.Read(File);
        Assert.Equal((0, 0), (read.TornBytes, read.DamagedFrames));
        Assert.Equal(Lines(whole), Lines(read.History));
        Assert.Equal(
            [
                "default web app=web from Pods 0.0.0.0 shop/app=db,tier=back Udp 8080 3 50 62 2001:db8::7 ",
                "default web app=web to Address 10.0.0.1  Tcp 443 6 100 202 10.0.0.1 api.example",
            ],
            Lines(read.History));
    }

    [Fact]
    public void Read_FileCutAnywhere_HasAllFramesBeforeTheCutAndSaysHowMuchIsTorn()
    {
        byte[] bytes = Frames(5, out int[] ends);
        for (int length = FlowFrames.FileHeaderSize; length <= bytes.Length; length++)
        {
            FlowHistoryContent content = FlowHistoryFile.Read(bytes.AsSpan(0, length));
            int whole = ends.Count(end => end <= length);
            Assert.Equal(whole, content.History.Count);
            Assert.Equal(length - (whole == 0 ? FlowFrames.FileHeaderSize : ends[whole - 1]), content.TornBytes);
        }
    }

    [Fact]
    public void Read_AnyByteChanged_LosesAtMostThatFrameOrWhatFollowsItAndNeverThrows()
    {
        byte[] bytes = Frames(4, out int[] ends);
        for (int at = FlowFrames.FileHeaderSize; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x41;
            FlowHistoryContent content = FlowHistoryFile.Read(changed);
            int before = ends.Count(end => end <= at);
            Assert.InRange(content.History.Count, before, 3);
            Assert.True(content.DamagedFrames > 0 || content.TornBytes > 0, $"byte {at} was changed and nothing is said");
        }
    }

    [Fact]
    public void Read_HostilePayloadWithAGoodChecksum_IsADamagedFrame()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] sound = [.. Frames(1, out _).Skip(FlowFrames.FileHeaderSize + FlowFrames.FrameHeaderSize)];
            sound[random.Next(sound.Length)] = (byte)random.Next(256);
            byte[] payload = i % 2 == 0 ? sound : sound[..random.Next(sound.Length)];
            byte[] file = [.. FlowFrames.FileHeader(), .. Framed(payload), .. Framed(payload)];
            FlowHistoryContent content = FlowHistoryFile.Read(file);
            Assert.Equal(0, content.TornBytes);
            Assert.InRange(content.DamagedFrames, 0, 2);
        }
    }

    [Theory]
    [InlineData("", "no flow history")]
    [InlineData("NAF", "no flow history")]
    [InlineData("something else", "no flow history")]
    [InlineData("NAFH\u0007\u0000\u0000\u0000", "version 7 is not known")]
    public void Open_WhatIsNoHistory_IsSetAsideAndANewOneBegins(string text, string problem)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => FlowHistoryFile.Read(File)).Message, StringComparison.Ordinal);
        using FlowHistoryLog log = Log();
        FlowHistory history = log.Open();
        Assert.Equal(0, history.Count);
        Assert.Equal(text, System.IO.File.ReadAllText(Assert.Single(Directory.GetFiles(_directory, "*.corrupt-*"))));
        history.Add(Id(history, "10.0.0.1", 1), Total(1, 1, _now.ToUnixTimeSeconds(), "10.0.0.1"));
        log.Write(history, history);
        Assert.Equal(1, FlowHistoryFile.Read(File).History.Count);
    }

    [Fact]
    public void Open_AfterACrashInAWrite_DropsTheTornEndCountsItAndGoesOn()
    {
        byte[] bytes = Frames(3, out int[] ends);
        System.IO.File.WriteAllBytes(File, bytes[..^5]);
        System.IO.File.WriteAllText(File + ".tmp", "half");
        using (FlowHistoryLog log = Log())
        {
            FlowHistory history = log.Open();
            Assert.Equal(2, history.Count);
            Assert.Equal(bytes.Length - 5 - ends[1], _metrics.DroppedTorn);
            var news = new FlowHistory();
            news.Add(Id(news, "10.9.9.9", 9), Total(1, 1, _now.ToUnixTimeSeconds(), "10.9.9.9"));
            log.Write(history, news);
        }

        FlowHistoryContent read = FlowHistoryFile.Read(File);
        Assert.Equal((3, 0, 0), (read.History.Count, read.TornBytes, read.DamagedFrames));
        Assert.False(System.IO.File.Exists(File + ".tmp"));
    }

    [Fact]
    public void Write_OverItsSize_DropsTheLongestUnseenCountsThemAndStaysBelow()
    {
        const int Most = 64 << 10;
        using FlowHistoryLog log = Log(Most);
        FlowHistory whole = log.Open();
        long unix = _now.ToUnixTimeSeconds() - 100_000;
        for (int batch = 0; batch < 60; batch++)
        {
            var news = new FlowHistory();
            for (int i = 0; i < 100; i++)
            {
                string address = $"10.1.{batch}.{i}";
                foreach (FlowHistory history in (FlowHistory[])[whole, news])
                {
                    history.Add(Id(history, address, 443), Total(1, unix, unix + batch, address));
                }
            }

            log.Write(whole, news);
            Assert.InRange(new FileInfo(File).Length, 1, Most);
        }

        FlowHistoryContent read = FlowHistoryFile.Read(File);
        Assert.True(read.History.Drops.NoRoom > 0);
        Assert.Equal(_metrics.DroppedNoRoom, read.History.Drops.NoRoom);
        Assert.Equal(6000, read.History.Count + read.History.Drops.NoRoom);
        Assert.True(read.History.TryGet(Id(read.History, "10.1.59.99", 443), out _));
        Assert.False(read.History.TryGet(Id(read.History, "10.1.0.0", 443), out _));
    }

    [Fact]
    public void Expire_FlowsUnseenForLongerThanTheAge_AreDroppedAndCounted()
    {
        using FlowHistoryLog log = Log();
        FlowHistory whole = log.Open();
        long unix = _now.ToUnixTimeSeconds();
        whole.Add(Id(whole, "10.0.0.1", 1), Total(5, unix - 9_000_000, unix - 8_000_000, "10.0.0.1"));
        whole.Add(Id(whole, "10.0.0.2", 1), Total(5, unix - 9_000_000, unix - 10, "10.0.0.2"));
        log.WriteWhole(whole);
        FlowHistory read = FlowHistoryFile.Read(File).History;
        Assert.Equal((1, 1L, 1L), (read.Count, read.Drops.TooOld, _metrics.DroppedOld));
    }

    [Fact]
    public void Write_OnADiskThatRefuses_CountsTellsAndWritesAllWhenItTakesAgain()
    {
        using Mount mount = Mount.Tmpfs(_directory, "size=1m");
        using FlowHistoryLog log = Log();
        FlowHistory whole = log.Open();
        void Add(string address)
        {
            var news = new FlowHistory();
            foreach (FlowHistory history in (FlowHistory[])[whole, news])
            {
                history.Add(Id(history, address, 1), Total(1, 1, _now.ToUnixTimeSeconds(), address));
            }

            log.Write(whole, news);
        }

        Add("10.0.0.1");
        System.IO.File.WriteAllBytes(Path.Combine(_directory, "ballast"), new byte[(1 << 20) - 8192]);
        for (int i = 0; i < 5000 && _metrics.Errors == 0; i++)
        {
            Add($"10.1.{i / 250}.{i % 250}");
        }

        Assert.True(_metrics.Errors > 0, "the disk never was full");
        Assert.InRange(FlowHistoryFile.Read(File).History.Count, 1, whole.Count);
        System.IO.File.Delete(Path.Combine(_directory, "ballast"));
        Add("10.0.0.2");
        Assert.Equal(Lines(whole), Lines(FlowHistoryFile.Read(File).History));
    }

    private FlowHistoryLog Log(long maxBytes = 1 << 20, int maxAgeDays = 30) =>
        new(new FlowHistoryOptions { File = File, MaxBytes = maxBytes, MaxAge = TimeSpan.FromDays(maxAgeDays) }, TimeProvider.System, NullLogger.Instance, _metrics);

    private static byte[] Frames(int count, out int[] ends)
    {
        List<byte> bytes = [.. FlowFrames.FileHeader()];
        ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            var history = new FlowHistory();
            history.Add(i % 2 == 0 ? Id(history, $"10.0.0.{i}", 443) : Pods(history, (ushort)(8080 + i)), Total(3, 100, 4_000_000_000, $"10.0.0.{i}", "x.example"));
            bytes.AddRange(FlowFrames.Write(history.Flows, default).Single());
            ends[i] = bytes.Count;
        }

        return [.. bytes];
    }

    private static byte[] Framed(byte[] payload)
    {
        byte[] frame = [.. FlowFrames.FrameMagic, .. new byte[8], .. payload];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), Crc32C.Of(payload));
        return frame;
    }

    private static FlowId Id(FlowHistory history, string address, ushort port) =>
        new(history.Workload("default", "web", [new("app", "web")], false), FlowPeer.Of(Address(address)), port, TransportProtocol.Tcp, Egress: true);

    private static FlowId Pods(FlowHistory history, ushort port) => new(
        history.Workload("default", "web", [new("app", "web")], false),
        FlowPeer.Of(new PeerSelector("shop", [new("app", "db"), new("tier", "back")])), port, TransportProtocol.Udp, Egress: false);

    private static FlowTotal Total(long count, long first, long last, string address, string? name = null) => new(count, first, last, Address(address), name);

    private static NetAddress Address(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new FormatException(text);

    private static string[] Lines(FlowHistory history) => [.. history.Flows.Select(pair => string.Join(' ',
        pair.Key.Workload.Namespace, pair.Key.Workload.Name, string.Join(',', pair.Key.Workload.Labels.Select(l => $"{l.Key}={l.Value}")),
        pair.Key.Egress ? "to" : "from", pair.Key.Peer.Kind, pair.Key.Peer.Address,
        pair.Key.Peer.Pods is { } pods ? pods.Namespace + "/" + string.Join(',', pods.Labels.Select(l => $"{l.Key}={l.Value}")) : string.Empty,
        pair.Key.Protocol, pair.Key.Port, pair.Value.Count, pair.Value.FirstUnix, pair.Value.LastUnix, pair.Value.LastAddress, pair.Value.Name)).Order(StringComparer.Ordinal)];
}
