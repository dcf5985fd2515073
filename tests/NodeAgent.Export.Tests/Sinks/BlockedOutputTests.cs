// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks;

/// <summary>Standard output is often a pipe whose reader does not read.</summary>
public sealed class BlockedOutputTests
{
    [Fact]
    public async Task Dispatch_PipeThatNobodyReads_NeitherBlocksNorHangsTheStop()
    {
        using var folder = new Folder();
        string fifo = folder.File("stdout");
        using (Process mkfifo = Process.Start("mkfifo", fifo))
        {
            await mkfifo.WaitForExitAsync();
        }

        // Opened for both directions, as Linux allows, the open itself does not wait for a reader.
        var pipe = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Channel<RuntimeAlerts> source = Channel.CreateUnbounded<RuntimeAlerts>();
        var healthy = new TestSink("healthy");
        var log = new LogLines<AlertDispatcher>();
        await using var dispatcher = new AlertDispatcher(
            source.Reader, [new SinkLane(new StreamSink("stdout", () => pipe), 4096, log), new SinkLane(healthy, 4096, log)], log);
        dispatcher.Start();
        for (int at = 0; at < 2000; at++)
        {
            source.Writer.TryWrite(Alerts.One($"m{at}"));
        }

        source.Writer.Complete();
        await Until.TrueAsync(() => healthy.Messages.Count == 2000, "the other sink has all");
        var clock = Stopwatch.StartNew();
        Assert.False(await dispatcher.DrainAsync(TimeSpan.FromMilliseconds(200)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
        SinkStatus stdout = dispatcher.Status[0];
        Assert.Equal(2000, stdout.Sent + stdout.Undelivered);
        Assert.True(stdout.Undelivered > 0);

        // The reader wakes up: the write that hung ends, and its thread with it.
        using var drain = new FileStream(fifo, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = new byte[1 << 20];
        Assert.True(await drain.ReadAsync(buffer) > 0);
    }
}
