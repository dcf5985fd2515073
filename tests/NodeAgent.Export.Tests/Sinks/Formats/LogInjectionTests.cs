// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Transports;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Formats;

/// <summary>Whatever a process calls itself, an alert stays one line with the fields that we wrote.</summary>
public sealed class LogInjectionTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static TheoryData<string> Formats => [.. AlertFormats.All.Select(format => format.Name), "template"];

    /// <summary>Every control character, what ends a line or turns text in Unicode, lone surrogates, and the marks of each format.</summary>
    private static IEnumerable<string> HostileTexts =>
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Concat([0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xfff9])
            .Select(c => $"a{(char)c}b"),
        "a\ud800b", "\udc00", "b\udbff", "\udfff\ud800", "\ud83d\ude00 ok",
        "x\nCEF:0|evil|evil|1|1|evil|10|msg=evil", "x\r\n<0>1 - evil evil - - - evil", "x\tsev=10\tmessage=evil", "x|y|z", "a=b c=d", "\\", "\\n", "a\\", "\"]", "\"}\n{\"evil\":1", "'; --", "{{message}}", "%0a", "]] [evil@1 x=\"y\"]",
    ];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Write_HostileText_IsOneLineOfTheSameFields(string name)
    {
        IAlertFormat format = name == "template" ? new TemplateFormat("{\"message\":\"{{message}}\",\"what\":\"{{commandLine}} {{container}}\"}") : AlertFormats.Find(name)!;
        string[] expected = FieldsOf(format, Write(format, "harmless"));
        foreach (string text in HostileTexts)
        {
            string line = Write(format, text);
            Assert.DoesNotContain(line, c => IsHostile(c) && !(c == '\t' && name == "leef"));
            Assert.Equal(expected, FieldsOf(format, line));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Write_HostileTextInARequest_IsOneLineOfTheSameFields(string name)
    {
        IAlertFormat format = name == "template" ? new TemplateFormat("{\"user\":\"{{user}}\",\"what\":\"{{commandLine}}\"}") : AlertFormats.Find(name)!;
        string[] expected = FieldsOf(format, Write(format, Alerts.Admission("harmless")));
        foreach (string text in HostileTexts)
        {
            string line = Write(format, Alerts.Admission(text));
            Assert.DoesNotContain(line, c => IsHostile(c) && !(c == '\t' && name == "leef"));
            Assert.Equal(expected, FieldsOf(format, line));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Syslog_HostileText_IsOneMessageWithOurHeader(string name)
    {
        IAlertFormat format = name == "template" ? new TemplateFormat("{\"message\":\"{{message}}\"}") : AlertFormats.Find(name)!;
        var syslog = new SyslogMessage(new SyslogOptions { Host = "h", Port = 1, EnterpriseId = 32473, MaxBytes = 65_000 }, format);
        foreach (string text in HostileTexts)
        {
            string message = Strict.GetString(syslog.Write(Alerts.Full(text)));
            Assert.DoesNotContain(message, c => IsHostile(c) && !(c == '\t' && name == "leef"));
            Syslog5424 parsed = Syslog5424.Parse(message);
            Assert.Equal(("node-agent", "R0001", 131), (parsed.App, parsed.MessageId, parsed.Priority));
            Assert.Equal(["alert@32473", "origin"], parsed.Data.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(["container", "id", "namespace", "pod", "rule", "severity"], parsed.Data["alert@32473"].Keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Write_TextThatIsWholeInJson_ComesBackUnchanged()
    {
        foreach (string text in HostileTexts.Where(text => !text.Any(char.IsSurrogate) || text.StartsWith('\ud83d')))
        {
            using JsonDocument document = JsonDocument.Parse(Write(AlertFormats.Find("json")!, text));
            Assert.Equal($"message {text}", document.RootElement.GetProperty("message").GetString());
        }
    }

    private static bool IsHostile(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\u00ad' or '\u061c' or '\u180e' or '\ufeff' or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2060' and <= '\u206f') or (>= '\ufff9' and <= '\ufffb');

    private static string Write(IAlertFormat format, string text) => Write(format, Alerts.Full(text));

    private static string Write(IAlertFormat format, RuntimeAlerts alert)
    {
        var output = new ArrayBufferWriter<byte>();
        format.Write(alert, output);
        return Strict.GetString(output.WrittenSpan);
    }

    // The names of the fields, as a reader of the format finds them.
    private static string[] FieldsOf(IAlertFormat format, string line)
    {
        if (format.IsJson)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
        }

        return format.Name switch
        {
            "cef" => [.. CefLine.Parse(line).Extension.Keys],
            "leef" => [.. LeefLine.Parse(line).Attributes.Keys],
            _ => [line.Split('\n').Length.ToString(null, null)],
        };
    }
}
