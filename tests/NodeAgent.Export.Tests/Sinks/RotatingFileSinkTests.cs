// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks;

public sealed class RotatingFileSinkTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly LogLines<RotatingFileSink> _log = new();

    private string FilePath => _folder.File("alerts/alerts.jsonl");

    [Fact]
    public async Task Write_PastTheLimit_RotatesAndKeepsTheNewest()
    {
        int size = Alerts.Message("m00").Line.Length;
        await using RotatingFileSink sink = Sink((size * 2) + 1, 3);
        for (int at = 0; at < 9; at++)
        {
            await WriteAsync(sink, $"m{at:D2}");
        }

        Assert.Equal(["m08"], Messages(FilePath));
        Assert.Equal(["m06", "m07"], Messages(FilePath + ".1"));
        Assert.Equal(["m04", "m05"], Messages(FilePath + ".2"));
        Assert.False(File.Exists(FilePath + ".3"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task Write_OneFileOnly_StartsOver()
    {
        await using RotatingFileSink sink = Sink(10, 1);
        await WriteAsync(sink, "one");
        await WriteAsync(sink, "two");
        Assert.Equal(["two"], Messages(FilePath));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task Write_AfterRestart_Appends()
    {
        await using (RotatingFileSink sink = Sink())
        {
            await WriteAsync(sink, "one");
        }

        await using RotatingFileSink again = Sink();
        await WriteAsync(again, "two");
        Assert.Equal(["one", "two"], Messages(FilePath));
    }

    [Fact]
    public async Task Write_AfterACrashWithinALine_TearsThatLineOnly()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, "{\"kind\":\"Runt");
        await using RotatingFileSink sink = Sink();
        await WriteAsync(sink, "next");
        string[] lines = await File.ReadAllLinesAsync(FilePath);
        Assert.Equal("next", Alerts.MessageOf(lines[1]));
    }

    [Fact]
    public async Task Write_FileOrFolderDeletedMovedOrTruncated_GoesOn()
    {
        await using RotatingFileSink sink = Sink();
        await WriteAsync(sink, "a");
        File.Delete(FilePath);
        await WriteAsync(sink, "b");
        Assert.Equal(["b"], Messages(FilePath));

        Directory.Delete(Path.GetDirectoryName(FilePath)!, recursive: true);
        await WriteAsync(sink, "c");
        Assert.Equal(["c"], Messages(FilePath));

        File.Move(FilePath, FilePath + ".old");
        await WriteAsync(sink, "d");
        Assert.Equal(["d"], Messages(FilePath));

        await File.WriteAllTextAsync(FilePath, string.Empty);
        await WriteAsync(sink, "e");
        Assert.Equal(["e"], Messages(FilePath));
    }

    [Fact]
    public async Task Write_PathIsBlocked_ThrowsIoAndRecovers()
    {
        await File.WriteAllTextAsync(_folder.File("alerts"), "a file where the folder should be");
        await using RotatingFileSink sink = Sink();
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(sink, "lost"));
        File.Delete(_folder.File("alerts"));
        await WriteAsync(sink, "kept");
        Assert.Equal(["kept"], Messages(FilePath));
    }

    [Fact]
    public async Task Write_RotationImpossible_GrowsToTwiceTheSizeThenRefuses()
    {
        int size = Alerts.Message("m0").Line.Length;
        await using RotatingFileSink sink = Sink(size * 2, 2);
        await WriteAsync(sink, "m0");

        // A folder that is not empty cannot be overwritten by a file.
        Directory.CreateDirectory(FilePath + ".1/x");
        for (int at = 1; at < 4; at++)
        {
            await WriteAsync(sink, $"m{at}");
        }

        await Assert.ThrowsAsync<IOException>(() => WriteAsync(sink, "m4"));
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(sink, "m5"));
        Assert.Equal(1, _log.Count(5003));
        Directory.Delete(FilePath + ".1", recursive: true);
        await WriteAsync(sink, "m6");
        Assert.Equal(["m6"], Messages(FilePath));
        Assert.Equal(["m0", "m1", "m2", "m3"], Messages(FilePath + ".1"));
    }

    [Fact]
    public async Task Write_FullDisk_LeavesWholeLinesOnlyAndRecovers()
    {
        using SmallDisk? disk = SmallDisk.TryMount(_folder.File("disk"), 64 * 1024);
        if (disk is null)
        {
            Assert.Skip("mounting a tmpfs needs CAP_SYS_ADMIN");
        }

        string path = Path.Combine(disk.Path, "alerts.jsonl");
        await using var sink = new RotatingFileSink(path, 1 << 20, 2, NullLogger<RotatingFileSink>.Instance);
        int written = 0;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; written < 10_000; written++)
            {
                await sink.WriteAsync(Alerts.Message($"m{written}"), CancellationToken.None);
            }
        });
        Assert.Equal(written, Messages(path).Length);
        await File.WriteAllBytesAsync(Path.Combine(disk.Path, "alerts.jsonl"), []);
        await sink.WriteAsync(Alerts.Message("after"), CancellationToken.None);
        Assert.Equal(["after"], Messages(path));
    }

    [Fact]
    public async Task Dispatch_DiskTurnsReadOnly_IsCountedToldOnceAndRecovers()
    {
        using SmallDisk? disk = SmallDisk.TryMount(_folder.File("disk"), 256 * 1024);
        if (disk is null)
        {
            Assert.Skip("mounting a tmpfs needs CAP_SYS_ADMIN");
        }

        var log = new LogLines<AlertDispatcher>();
        Channel<RuntimeAlerts> source = Channel.CreateUnbounded<RuntimeAlerts>();
        string path = Path.Combine(disk.Path, "alerts.jsonl");
        var sink = new RotatingFileSink(path, 1 << 20, 2, NullLogger<RotatingFileSink>.Instance);
        await using var dispatcher = new AlertDispatcher(source.Reader, [new SinkLane(sink, 1024, log)], log);
        dispatcher.Start();
        disk.Remount(readOnly: true);
        for (int at = 0; at < 4; at++)
        {
            source.Writer.TryWrite(Alerts.One("lost"));
        }

        await Until.TrueAsync(() => dispatcher.Status[0].Failed == 4, "four failures");
        disk.Remount(readOnly: false);
        source.Writer.TryWrite(Alerts.One("kept"));
        await Until.TrueAsync(() => dispatcher.Status[0].Sent == 1, "recovery");
        Assert.Equal(["kept"], Messages(path));
        await Until.TrueAsync(() => log.Count(5001) == 1, "the line that says so"); // it follows the counter
        Assert.Equal(1, log.Count(5000));
    }

    public void Dispose() => _folder.Dispose();

    private RotatingFileSink Sink(long maxBytes = 1 << 20, int maxFiles = 3) => new(FilePath, maxBytes, maxFiles, _log);

    private static async Task WriteAsync(RotatingFileSink sink, string message) =>
        await sink.WriteAsync(Alerts.Message(message), CancellationToken.None);

    private static string[] Messages(string path) => [.. File.ReadAllLines(path).Select(Alerts.MessageOf)];
}
