// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Transports;

public sealed class SyslogMessageTests
{
    [Theory]
    [InlineData(10, 130)]
    [InlineData(8, 131)]
    [InlineData(5, 132)]
    [InlineData(3, 133)]
    [InlineData(1, 134)]
    public void Write_Severity_IsThePriorityOfLocal0(int severity, int priority)
    {
        Syslog5424 message = Parse(new SyslogMessage(Options(8192), AlertFormats.Find("json")!).Write(Alerts.One(severity: severity)));
        Assert.Equal((priority, "node-1", "node-agent", "-", "R0001"), (message.Priority, message.Host, message.App, message.ProcessId, message.MessageId));
        Assert.Equal("2026-08-22T10:00:00.000000Z", message.Time);
        Assert.Equal("node-agent", message.Data["origin"]["software"]);
    }

    [Fact]
    public void Write_LongerThanTheLimit_StaysADocumentWithIdAndMessage()
    {
        var syslog = new SyslogMessage(Options(8192), AlertFormats.Find("json")!);
        byte[] bytes = syslog.Write(Alerts.Full(new string('x', 2000)));
        Assert.InRange(bytes.Length, 1, 8192);
        using JsonDocument document = JsonDocument.Parse(Parse(bytes).Message);
        Assert.Equal("0123456789abcdef0123456789abcdef", document.RootElement.GetProperty("id").GetString());
        Assert.Equal(1, syslog.Shortened);
        syslog.Write(Alerts.One());
        Assert.Equal(1, syslog.Shortened);
    }

    [Fact]
    public void Write_TooLongByWhatWasBefore_LosesThatAndNothingElse()
    {
        RuntimeAlerts alert = Alerts.Full("x");
        RuntimeAlerts longer = alert with
        {
            Spec = alert.Spec with { Alerts = [alert.Spec.Alerts[0] with { RecentEvents = [.. Enumerable.Repeat(new AlertEvent("2026-08-22T10:00:00Z", "open", new string('a', 96)), 60)] }] },
        };
        byte[] bytes = new SyslogMessage(Options(8192), AlertFormats.Find("kubescape")!).Write(longer);
        using JsonDocument document = JsonDocument.Parse(Parse(bytes).Message);
        JsonElement spec = document.RootElement.GetProperty("spec");
        Assert.Equal(99, spec.GetProperty("processTree").GetProperty("uniqueID").GetInt32());
        Assert.False(spec.GetProperty("alerts")[0].TryGetProperty("recentEvents", out _));
    }

    [Theory]
    [InlineData(480)]
    [InlineData(481)]
    [InlineData(482)]
    [InlineData(483)]
    public void Write_StillTooLong_IsCutBetweenCharacters(int limit)
    {
        byte[] bytes = new SyslogMessage(Options(limit), AlertFormats.Find("text")!).Write(Alerts.Full(new string('\u00e4', 400) + new string('\u20ac', 400)));
        Assert.InRange(bytes.Length, limit - 3, limit);
        Assert.NotEmpty(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
    }

    private static SyslogOptions Options(int maxBytes) => new() { Host = "h", Port = 1, MaxBytes = maxBytes };

    private static Syslog5424 Parse(byte[] message) => Syslog5424.Parse(Encoding.UTF8.GetString(message));
}
