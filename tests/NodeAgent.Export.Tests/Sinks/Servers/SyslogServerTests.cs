// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Servers;

/// <summary>The syslog daemons that the field runs, on loopback, stopped and started again while alerts come.</summary>
[Trait("Level", "Integration")]
public sealed class SyslogServerTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly LogLines<AlertDispatcher> _log = new();

    public static TheoryData<string, SyslogWay> Servers
    {
        get
        {
            var servers = new TheoryData<string, SyslogWay>();
            foreach (string name in (string[])["rsyslog", "syslog-ng"])
            {
                foreach (SyslogWay way in Enum.GetValues<SyslogWay>())
                {
                    servers.Add(name, way);
                }
            }

            return servers;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Deliver_ServerStoppedAndStartedInMidStream_EveryAlertArrives(string name, SyslogWay way)
    {
        // What comes at once after the start must fit into the socket's buffer where nothing tells that it did not.
        int part = way == SyslogWay.Udp ? 15 : 50;
        await using SyslogServer server = await SyslogServer.StartAsync(name, way);
        await using DeliveryLane lane = Start(server, settleTime: server.IsDatagram ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(500));
        Offer(lane, 0, 2 * part);
        await Until.TrueAsync(() => server.Messages.Length >= 2 * part, $"the first part: {server.Log} {Said}");

        Offer(lane, 2 * part, part); // on their way while it ends
        await server.StopAsync();
        Offer(lane, 3 * part, 2 * part);
        await server.StartAgainAsync();
        Offer(lane, 5 * part, part);

        int all = 6 * part;
        await Until.TrueAsync(() => lane.Counts.Undelivered == 0, $"all to be delivered: {lane.Counts} {server.Log} {Said}");
        await Until.TrueAsync(() => Received(server).Distinct().Count() == all, $"all to be written: {Received(server).Distinct().Count()} of {all}, {lane.Counts} {server.Log}");
        Assert.Equal(all, lane.Counts.Sent);
        Assert.Equal(Received(server).Distinct(), Enumerable.Range(0, all).Select(number => $"id-{number}")); // in order, whatever came twice
        Assert.Equal((0, 0), (lane.Counts.Refused, lane.Counts.Dropped));
    }

    [Theory]
    [InlineData("rsyslog", SyslogWay.MutualTls)]
    [InlineData("syslog-ng", SyslogWay.MutualTls)]
    public async Task Deliver_WithoutTheCertificateThatIsAskedFor_NothingCountsAsArrived(string name, SyslogWay way)
    {
        await using SyslogServer server = await SyslogServer.StartAsync(name, way);
        await using DeliveryLane lane = Start(server, server.Options().Tls! with { CertificateFile = null, KeyFile = null });
        Offer(lane, 0, 10);

        await Until.TrueAsync(() => lane.Counts.Retries >= 3 || lane.Counts.Resent >= 10, $"it to be refused: {lane.Counts}");
        Assert.Equal((0, 10), (lane.Counts.Sent, lane.Counts.Undelivered));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Deliver_CertificateOfAnotherAuthority_IsNotBelieved()
    {
        using var other = new TestAuthority();
        File.WriteAllText(_folder.File("other.pem"), other.Pem);
        await using SyslogServer server = await SyslogServer.StartAsync("rsyslog", SyslogWay.Tls);
        await using DeliveryLane lane = Start(server, new TlsFiles { AuthorityFile = _folder.File("other.pem") });
        Offer(lane, 0, 10);

        await Until.TrueAsync(() => lane.Counts.Retries >= 3, "it to be refused");
        Assert.Equal((0, 10), (lane.Counts.Sent, lane.Counts.Undelivered));
        Assert.Empty(server.Messages);
        Assert.Contains("certificate", Said, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Drain_ServerReadsAll_NothingIsLeft()
    {
        await using SyslogServer server = await SyslogServer.StartAsync("rsyslog", SyslogWay.Tcp);
        await using DeliveryLane lane = Start(server, settleTime: TimeSpan.FromMinutes(10));
        Offer(lane, 0, 200);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        Assert.True(await lane.DrainAsync(deadline.Token));
        Assert.Equal(200, lane.Counts.Sent);
        await Until.TrueAsync(() => server.Messages.Length == 200, "all to be written");
    }

    private string Said => string.Join('\n', _log.Lines.Select(line => line.Text));

    private static IEnumerable<string> Received(SyslogServer server) => server.Messages.Select(message =>
    {
        using JsonDocument document = JsonDocument.Parse(message);
        return document.RootElement.GetProperty("id").GetString()!;
    });

    private static void Offer(DeliveryLane lane, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            lane.Offer(Alerts.Numbered(number));
        }
    }

    private DeliveryLane Start(SyslogServer server, TlsFiles? tls = null, TimeSpan? settleTime = null)
    {
        SyslogOptions options = server.Options(tls);
        options = options with { SettleTime = settleTime ?? options.SettleTime };
        var message = new SyslogMessage(options, AlertFormats.Find("json")!);
        IAlertTransport transport = server.IsDatagram ? new SyslogDatagram(options, message) : new SyslogStream(options, message);
        var lane = new DeliveryLane(
            "syslog",
            transport,
            new DeliveryLaneOptions
            {
                Spool = new SpoolOptions { Directory = _folder.File("spool") },
                Retry = new RetryOptions { Least = TimeSpan.FromMilliseconds(50), Most = TimeSpan.FromMilliseconds(500), Timeout = TimeSpan.FromSeconds(5) },
            },
            _log,
            TimeProvider.System);
        lane.Start();
        return lane;
    }
}
