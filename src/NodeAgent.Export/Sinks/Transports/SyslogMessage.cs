// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Transports;

/// <summary>One alert as a message of RFC 5424.</summary>
/// <remarks>The MSG has no byte order mark, which parsers of JSON and CEF would stumble over; by the RFC it is then MSG-ANY, and holds UTF-8 without controls.</remarks>
internal sealed class SyslogMessage(SyslogOptions options, IAlertFormat format)
{
    private const int MaxHostName = 255;
    private const int MaxMessageId = 32;
    private const int MaxVersion = 32;

    /// <summary>Messages that lost something to the limit of bytes.</summary>
    public long Shortened { get; private set; }

    public byte[] Write(RuntimeAlerts envelope)
    {
        byte[] whole = WriteWhole(envelope);
        if (whole.Length <= options.MaxBytes)
        {
            return whole;
        }

        // A document that is cut cannot be read at all: first it does without what is long.
        Shortened++;
        byte[] shorter = WriteWhole(AlertReduction.WithoutHistory(envelope));
        shorter = shorter.Length <= options.MaxBytes ? shorter : WriteWhole(AlertReduction.Shorten(envelope));
        return shorter.Length <= options.MaxBytes ? shorter : shorter[..CharacterBoundary(shorter, options.MaxBytes)];
    }

    /// <returns>Shape: the largest length up to the limit that ends no character in its middle.</returns>
    internal static int CharacterBoundary(ReadOnlySpan<byte> utf8, int limit)
    {
        int at = limit;
        while (at > 0 && (utf8[at] & 0xc0) == 0x80)
        {
            at--;
        }

        return at;
    }

    private byte[] WriteWhole(RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        var output = new ArrayBufferWriter<byte>(2048);
        output.Write(string.Create(CultureInfo.InvariantCulture, $"<{(options.Facility * 8) + Severity(alert.Severity)}>1 {AlertView.Time(alert)} "));
        output.Write($"{Printable(AlertView.Host(alert), MaxHostName)} node-agent - {Printable(alert.RuleId, MaxMessageId)} ");
        output.Write(StructuredData(alert));
        output.Write(" "u8);
        format.Write(envelope, output);
        return output.WrittenSpan.ToArray();
    }

    /// <returns>Shape: 2 critical, 3 error, 4 warning, 5 notice, 6 informational.</returns>
    private static int Severity(int severity) => severity switch { >= 10 => 2, >= 7 => 3, >= 5 => 4, >= 3 => 5, _ => 6 };

    private string StructuredData(RuntimeAlert alert)
    {
        var data = new StringBuilder();
        data.Append(CultureInfo.InvariantCulture, $"[origin software=\"node-agent\" swVersion=\"{Value(Cut(AlertView.Version(alert), MaxVersion))}\"]");
        if (options.EnterpriseId is { } number)
        {
            data.Append(CultureInfo.InvariantCulture, $"[alert@{number} id=\"{Value(AlertView.IdOf(alert))}\" rule=\"{Value(alert.RuleId)}\" severity=\"{alert.Severity}\"");
            foreach ((string name, string? value) in new[] { ("namespace", alert.Namespace), ("pod", alert.PodName), ("container", alert.ContainerName) })
            {
                data.Append(value is null ? string.Empty : $" {name}=\"{Value(value)}\"");
            }

            data.Append(']');
        }

        return data.ToString();
    }

    private static string Value(string text) => OneLine.Escape(text, "\\\"]");

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    // A field of the header: printable ASCII without spaces, "-" where there is nothing.
    private static string Printable(string text, int most)
    {
        string clean = string.Concat(text.Where(c => c is > ' ' and < (char)127).Take(most));
        return clean.Length == 0 ? "-" : clean;
    }
}
