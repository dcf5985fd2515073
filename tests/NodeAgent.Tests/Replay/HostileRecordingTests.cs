// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Recording.Format;
using NodeAgent.Replay;
using NodeAgent.Rules.Library;

namespace NodeAgent.Tests.Replay;

/// <summary>A recording may come from anywhere: whatever its bytes are, it is replayed up to the damage, which is said.</summary>
public sealed partial class HostileRecordingTests
{
    private const int Rounds = 300;

    // All of them would be compiled in each round.
    private static readonly RuntimeRule[] Some = [.. RuleLibrary.Rules.Where(rule => rule.Id!.StartsWith("R10", StringComparison.Ordinal))];

    [Fact]
    public async Task Replay_CutOffAnywhere_GivesTheAlertsUntilThereAndSaysSo()
    {
        (IReadOnlyList<string> live, byte[] recording) = await SeveralBlocksAsync();
        var random = new Random(1);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] cut = recording[..random.Next(recording.Length)];

            (IReadOnlyList<string> alerts, string? said) = await TryReplayAsync(cut, Some);

            Assert.NotNull(said);
            Assert.True(alerts.Count <= live.Count);
        }
    }

    [Fact]
    public async Task Replay_CutOffBehindABlock_HasTheAlertsOfThatBlock()
    {
        (IReadOnlyList<string> live, byte[] recording) = await SeveralBlocksAsync();
        int end = recording.AsSpan().LastIndexOf(RecordingFrames.EndMagic);

        (IReadOnlyList<string> alerts, string? said) = await TryReplayAsync(recording[..end]);

        Assert.Equal(live, alerts);
        Assert.StartsWith("was cut off behind frame ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_BytesChanged_NeverFailsOtherwise()
    {
        (_, byte[] recording) = await SeveralBlocksAsync();
        var random = new Random(2);
        int damaged = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] changed = [.. recording];
            for (int count = random.Next(1, 4); count > 0; count--)
            {
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            }

            (_, string? said) = await TryReplayAsync(changed, Some);
            damaged += said is null ? 0 : 1;
        }

        // Only two equal flips of one bit give the same file.
        Assert.InRange(damaged, Rounds - 2, Rounds);
    }

    // Behind sound checksums: whoever makes such a file can make them.
    [Fact]
    public async Task Replay_EntriesChanged_NeverFailsOtherwise()
    {
        (_, byte[] recording) = await RecordingReplayTests.Machine().RunAsync();
        var random = new Random(3);
        for (int round = 0; round < Rounds; round++)
        {
            await TryReplayAsync(Mutate(recording, random), Some);
        }
    }

    [Fact]
    public void Open_LengthThatNoFrameHas_AllocatesNothingForIt()
    {
        byte[] lying = [.. "NREC"u8, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4, 5];
        long before = GC.GetAllocatedBytesForCurrentThread();

        FormatException error = Assert.Throws<FormatException>(() => new RecordingReader(new MemoryStream(lying)));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        Assert.Contains("no recording", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_BlocksThatUnpackToFarMore_AreReadWithinBounds()
    {
        // 200 MB of facts about no step at all, in a file of a few KB.
        using var file = new MemoryStream();
        using (var writer = new RecordingWriter(file, RecordedMachine.Header(DateTimeOffset.UnixEpoch), long.MaxValue))
        {
            byte[] task = new byte[100_000];
            task[40] = (byte)NodeAgent.Events.Wire.EventKind.Task;
            for (int count = 0; count < 2000; count++)
            {
                writer.Append(EntryType.Task, default, task);
            }

            writer.End();
        }

        byte[] bomb = file.ToArray();
        Assert.True(bomb.Length < 1 << 20, $"{bomb.Length} bytes");

        (_, string? said) = await TryReplayAsync(bomb);

        Assert.Contains("Task entry that makes no sense", said, StringComparison.Ordinal);
        int kept = int.Parse(EntriesRead.Match(said!).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(kept, 1, (150 << 20) / 100_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\":\"RuntimeAlerts\"}\n{\"kind\":\"RuntimeAlerts\"}\n")]
    [InlineData("NREC")]
    [InlineData("NBLK\0\0\0\0\0\0\0\0")]
    public void Open_NoRecording_SaysSo(string content)
    {
        FormatException error = Assert.Throws<FormatException>(() => new RecordingReader(new MemoryStream(System.Text.Encoding.Latin1.GetBytes(content))));

        Assert.True(error.Message is "is empty" || error.Message.StartsWith("is no recording", StringComparison.Ordinal), error.Message);
    }

    private static Task<(IReadOnlyList<string> Alerts, byte[] Recording)> SeveralBlocksAsync()
    {
        RecordedMachine machine = RecordingReplayTests.Machine();
        for (uint turn = 0; turn < 40; turn++)
        {
            uint pid = 1000 + turn;

            // A flush after each: more than ten seconds between them.
            machine.After(11, () => machine.Feed(TestSupport.Wire.RecordBuilder.Exec(
                "memfd:x", [$"{pid}"], pid: pid, timeNs: machine.NowNs, cgroupId: 22, flags: NodeAgent.Events.Wire.ExecFlags.Memfd)));
        }

        return machine.RunAsync();
    }

    // What is said: of the damage, or why it is refused.
    private static async Task<(IReadOnlyList<string> Alerts, string? Said)> TryReplayAsync(byte[] recording, IReadOnlyList<RuntimeRule>? rules = null)
    {
        try
        {
            (IReadOnlyList<string> alerts, ReplayResult result) = await RecordingReplayTests.ReplayAsync(recording, rules: rules);
            return (alerts, result.Damage);
        }
        catch (FormatException error)
        {
            return ([], error.Message);
        }
    }

    private static byte[] Mutate(byte[] recording, Random random)
    {
        using var file = new MemoryStream();
        using var reader = new RecordingReader(new MemoryStream(recording));
        using (var writer = new RecordingWriter(file, reader.Header, long.MaxValue))
        {
            while (reader.TryRead(out EntryType type, out ReadOnlySpan<byte> entry))
            {
                byte[] bytes = entry.ToArray();
                if (random.Next(4) == 0 && bytes.Length > 0)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                if (random.Next(20) == 0)
                {
                    bytes = bytes[..random.Next(bytes.Length + 1)];
                }

                writer.Append(random.Next(30) == 0 ? (EntryType)random.Next(1, (int)EntryType.Limit) : type, default, bytes);
            }

            writer.End();
        }

        return file.ToArray();
    }

    [GeneratedRegex(@"read until there: (\d+) entries", RegexOptions.CultureInvariant)]
    private static partial Regex EntriesRead { get; }
}
