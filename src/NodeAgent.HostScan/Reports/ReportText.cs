// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Text;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Exceptions;

namespace NodeAgent.HostScan.Reports;

/// <summary>Sentences that more than one form of report has.</summary>
public static class ReportText
{
    /// <summary>Why it came to what it did, in one line; empty = there is nothing to say.</summary>
    public static string Reason(CheckResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result switch
        {
            { Exception: { } exception } => $"excepted until {Day(exception.Expires)}: {exception.Reason}",
            { Message: { } message } => message,
            _ => string.Empty,
        };
    }

    /// <summary>Shape: <c>/etc/x:3: found "a = 1", wanted 2</c>.</summary>
    public static string Line(EvidenceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return $"{(row.Place.Length == 0 ? string.Empty : row.Place + ": ")}found {row.Found}, wanted {row.Wanted}";
    }

    /// <summary>Shape: <c>NA-K-001: why (2027-01-31, /etc/exceptions.yaml:3)</c>; of an exception that has run out.</summary>
    public static string Expired(CheckException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return $"{string.Join(", ", exception.Checks)}: {exception.Reason} ({Day(exception.Expires)}, {exception.File}:{exception.Line})";
    }

    /// <summary>The same with nothing in it that moves a cursor or hides text.</summary>
    public static string Safe(string text) => TerminalText.Escape(text);

    public static string Day(DateTimeOffset time) => time.UtcDateTime.TimeOfDay == TimeSpan.Zero
        ? time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Time(time);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
