// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Spooling;

public sealed class AlertSpoolTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 8, 22, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasAppended_ComesInOrderAndWaitsUntilConfirmed()
    {
        using AlertSpool spool = Open();
        Append(spool, 0, 5);

        Assert.Equal(["m0", "m1", "m2"], Read(spool, 3));
        Assert.Equal((5, 2), (spool.Waiting, spool.Unread));
        spool.Confirm(1);
        Assert.Equal(3, spool.Waiting);
        spool.Rewind();
        Assert.Equal(["m2", "m3", "m4"], Read(spool, 10));
        spool.Confirm(4);
        Assert.Equal((0, 0), (spool.Waiting, spool.Unread));
    }

    [Fact]
    public void Open_AfterAKill_HasAllThatWasNotConfirmed()
    {
        using AlertSpool killed = Open();
        Append(killed, 0, 7);
        Read(killed, 5);
        killed.Confirm(2);

        // Nothing was closed or flushed: what the kernel has is what a kill leaves.
        using AlertSpool next = Open(Copy());
        Assert.Equal(["m3", "m4", "m5", "m6"], Read(next, 10));
        Append(next, 7, 2);
        Assert.Equal(["m7", "m8"], Read(next, 10));
        Assert.Equal(6, next.Waiting);
    }

    [Fact]
    public void Open_PositionIsGoneOrTorn_TellsTwiceAndLosesNothing()
    {
        using (AlertSpool spool = Open())
        {
            Append(spool, 0, 4);
            Read(spool, 2);
            spool.Confirm(1);
        }

        File.WriteAllBytes(_folder.File("position"), [1, 2, 3]);
        using AlertSpool next = Open();
        Assert.Equal(["m0", "m1", "m2", "m3"], Read(next, 10));
    }

    [Fact]
    public void Open_CutAtEveryByte_HasEveryWholeAlertBefore()
    {
        using (AlertSpool spool = Open())
        {
            Append(spool, 0, 3);
        }

        string segment = Directory.GetFiles(_folder.Path, "*.seg").Single();
        byte[] whole = File.ReadAllBytes(segment);
        int[] ends = Ends(whole);
        for (int length = 8; length < whole.Length; length++)
        {
            string copy = Directory.CreateDirectory(_folder.File($"cut-{length}")).FullName;
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(segment)), whole[..length]);
            using AlertSpool next = Open(copy);
            Assert.Equal(ends.Count(end => end <= length), Read(next, 10).Count);
            Assert.Equal(0, next.LostToDamage);
        }
    }

    [Fact]
    public void Open_AlteredByte_LosesAndCountsWhatStandsBehindIt()
    {
        using (AlertSpool spool = Open(maxBytes: 256 << 10))
        {
            Append(spool, 0, 200); // several segments
        }

        string first = Directory.GetFiles(_folder.Path, "*.seg").Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(first);
        int[] ends = Ends(bytes);
        bytes[ends[4] + 40] ^= 1;
        File.WriteAllBytes(first, bytes);

        using AlertSpool next = Open();
        List<string> read = Read(next, 1000);
        Assert.Equal(["m0", "m1", "m2", "m3", "m4", $"m{ends.Length}"], read.Take(6));
        Assert.Equal(ends.Length - 5, next.LostToDamage);
        Assert.Equal(200, read.Count + next.LostToDamage);
    }

    [Fact]
    public void Open_FileThatIsNoSegment_IsSetAside()
    {
        File.WriteAllText(_folder.File("0000000000000000.seg"), "no segment at all");
        using AlertSpool spool = Open();

        Append(spool, 0, 1);
        Assert.Equal(["m0"], Read(spool, 10));
        Assert.True(File.Exists(_folder.File("0000000000000000.seg.corrupt")));
        Assert.Equal(1, spool.LostToDamage);
    }

    [Fact]
    public void Append_OverItsBytes_DropsTheOldestAndCountsEach()
    {
        using AlertSpool spool = Open(maxBytes: 256 << 10);
        Append(spool, 0, 3000);

        Assert.InRange(spool.Bytes, 1, 256 << 10);
        List<string> read = Read(spool, 10_000);
        Assert.Equal(3000, read.Count + spool.DroppedForRoom);
        Assert.Equal("m2999", read[^1]);
        Assert.Equal($"m{spool.DroppedForRoom}", read[0]);
    }

    [Fact]
    public void Append_OverItsBytesWhileSomeAreBeingSent_KeepsThose()
    {
        using AlertSpool spool = Open(maxBytes: 256 << 10);
        Append(spool, 0, 10);
        Assert.Equal(10, Read(spool, 10).Count);
        Append(spool, 10, 3000);

        spool.Rewind();
        List<string> read = Read(spool, 10_000);
        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"m{n}"), read.Take(10));
        Assert.Equal(3010, read.Count + spool.DroppedForRoom);
    }

    [Fact]
    public void DropExpired_OldOnes_GoAndAreCounted()
    {
        using AlertSpool spool = Open(maxBytes: 256 << 10);
        Append(spool, 0, 200);
        _time.Now += TimeSpan.FromDays(8);
        Append(spool, 200, 3);

        spool.DropExpired();
        Assert.Equal(["m200", "m201", "m202"], Read(spool, 10));
        Assert.Equal(200, spool.DroppedForAge);
        Assert.Equal(3, spool.Waiting);
    }

    [Fact]
    public void Append_LongerThanAFrame_IsRefusedAndHarmsNothing()
    {
        using AlertSpool spool = Open();
        Append(spool, 0, 1);
        Assert.Throws<IOException>(() => spool.Append(new byte[9 << 20]));
        Append(spool, 1, 1);
        Assert.Equal(["m0", "m1"], Read(spool, 10));
    }

    [Fact]
    public void Read_SegmentTakenAway_GoesOnWithTheNext()
    {
        using AlertSpool spool = Open(maxBytes: 256 << 10);
        Append(spool, 0, 200);
        File.Delete(Directory.GetFiles(_folder.Path, "*.seg").Order(StringComparer.Ordinal).First());

        List<string> read = Read(spool, 1000);
        Assert.Equal("m199", read[^1]);
        Assert.Equal(200, read.Count + spool.LostToDamage);
    }

    [Fact]
    public void Append_DiskFull_SaysSoAndLosesNothingOfBefore()
    {
        using SmallDisk? disk = SmallDisk.TryMount(_folder.File("disk"), 64 << 10);
        Assert.SkipWhen(disk is null, "mounting a tmpfs needs root");
        using AlertSpool spool = Open(disk!.Path);
        int taken = 0;
        IOException error = Assert.Throws<IOException>(() =>
        {
            for (; taken < 10_000; taken++)
            {
                Append(spool, taken, 1);
            }
        });

        Assert.Contains("space", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(taken, spool.Waiting);
        Assert.Equal(taken / 2, Read(spool, taken / 2).Count);
        spool.Confirm((ulong)(taken / 2) - 1);
        Assert.Equal(taken - (taken / 2), Read(spool, 10_000).Count);
    }

    /// <summary>The law: whatever happens, each alert is delivered, dropped and counted, or waits.</summary>
    [Fact]
    public void AnyOrder_OfStepsAndKills_AccountsForEveryAlert()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            string directory = _folder.File($"law-{seed}");
            AlertSpool spool = Open(directory, 256 << 10);
            var delivered = new HashSet<string>();
            int appended = 0;
            long dropped = 0;
            var inFlight = new List<string>();
            ulong? last = null;
            for (int step = 0; step < 400; step++)
            {
                switch (random.Next(6))
                {
                    case 0 or 1:
                        int count = random.Next(1, 40);
                        Append(spool, appended, count);
                        appended += count;
                        break;
                    case 2 or 3:
                        for (int n = random.Next(1, 30); n > 0 && spool.TryRead(out SpooledAlert alert); n--)
                        {
                            inFlight.Add(MessageOf(alert));
                            last = alert.Number;
                        }

                        break;
                    case 4 when last is { } number:
                        spool.Confirm(number);
                        inFlight.ForEach(message => delivered.Add(message));
                        inFlight.Clear();
                        break;
                    case 5 when random.Next(8) == 0:
                        dropped += spool.DroppedForRoom;
                        spool.Dispose();
                        spool = Open(directory, 256 << 10);
                        last = null;
                        inFlight.Clear();
                        break;
                    default:
                        spool.Rewind();
                        last = null;
                        inFlight.Clear();
                        break;
                }
            }

            spool.Rewind();
            Read(spool, int.MaxValue).ForEach(message => delivered.Add(message));
            Assert.Equal(appended, delivered.Count + dropped + spool.DroppedForRoom);
            spool.Dispose();
        }
    }

    private static void Append(AlertSpool spool, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            spool.Append(AlertJson.ToLine(Alerts.One($"m{number}")));
        }
    }

    private static List<string> Read(AlertSpool spool, int most)
    {
        var read = new List<string>();
        while (read.Count < most && spool.TryRead(out SpooledAlert alert))
        {
            read.Add(MessageOf(alert));
        }

        return read;
    }

    private static string MessageOf(SpooledAlert alert) => AlertJson.Parse(alert.Line).Spec.Alerts[0].Message;

    // The offsets at which the frames of a segment end: magic (4), length (4), checksum (4), payload.
    private static int[] Ends(byte[] segment)
    {
        var ends = new List<int>();
        for (int at = 8; at < segment.Length;)
        {
            at += 12 + BitConverter.ToInt32(segment, at + 4);
            ends.Add(at);
        }

        return [.. ends];
    }

    private string Copy()
    {
        string copy = Directory.CreateDirectory(_folder.File("copy")).FullName;
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    private AlertSpool Open(string? directory = null, long maxBytes = 1 << 20) =>
        AlertSpool.Open(new SpoolOptions { Directory = directory ?? _folder.Path, MaxBytes = maxBytes }, _time, NullLogger.Instance);
}
