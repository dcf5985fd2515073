// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Transports;

/// <summary>Servers that no syslog daemon is.</summary>
public sealed class SyslogStreamTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("silent")]
    [InlineData("half a handshake")]
    [InlineData("half a handshake, then hangs")]
    [InlineData("garbage")]
    public async Task Deliver_NoTlsAtTheOtherEnd_WaitsAndCounts(string what)
    {
        await using RawServer server = what switch
        {
            "silent" => RawServer.Silent(),
            "garbage" => RawServer.Saying([0, 1, 2, 3, 255]),
            _ => RawServer.Start(async (stream, stop) =>
            {
                await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
                await stream.WriteAsync(new byte[] { 0x16, 3, 3, 0, 100, 2, 0, 0, 96, 3, 3 }, stop);
                await Task.Delay(what.EndsWith("hangs", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, stop);
            }),
        };
        await using DeliveryLane lane = Start(server.Port, new TlsFiles());
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => lane.Counts.Retries >= 2, "two attempts");
        Assert.Equal((0, 1), (lane.Counts.Sent, lane.Counts.Undelivered));
    }

    [Fact]
    public async Task Deliver_ServerThatClosesAfterEachMessage_NothingCountsBeforeItHolds()
    {
        await using RawServer server = RawServer.Saying([]);
        await using DeliveryLane lane = Start(server.Port, tls: null);
        lane.Offer(Alerts.Numbered(1));
        await Until.TrueAsync(() => server.Connections >= 3, "it to be sent again");
        Assert.Equal((0, 1), (lane.Counts.Sent, lane.Counts.Undelivered));
        Assert.True(lane.Counts.Resent >= 2);
    }

    private DeliveryLane Start(int port, TlsFiles? tls)
    {
        var options = new SyslogOptions { Host = "127.0.0.1", Port = port, Tls = tls, SettleTime = TimeSpan.FromMilliseconds(500) };
        var lane = new DeliveryLane(
            "syslog",
            new SyslogStream(options, new SyslogMessage(options, AlertFormats.Find("json")!)),
            new DeliveryLaneOptions
            {
                Spool = new SpoolOptions { Directory = _folder.File("spool") },
                Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(10), Most = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromMilliseconds(400) },
            },
            new LogLines<AlertDispatcher>(),
            TimeProvider.System);
        lane.Start();
        return lane;
    }
}
