// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Files;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScanning;

/// <summary>Compares each scan with the one before, also with that of an agent before this one, and makes alerts of what changed. One user at a time.</summary>
internal sealed class DriftWatch(HostScanOptions options, ChannelWriter<RuntimeAlerts> alerts, HostScanMetrics metrics, ILogger logger)
{
    // Units: alerts of one scan. A node that was set up anew is not told of line by line.
    private const int MaxAlerts = 500;

    private const int MaxFileBytes = 64 << 20;
    private static readonly byte[] Magic = "NAHB"u8.ToArray();
    private HostBaseline? _baseline;

    /// <summary>The alerts are in their queue before the baseline is kept: after a crash in between they are told once more, with the same ids.</summary>
    public void Look(HostScanResult scan)
    {
        HostBaseline before = _baseline ??= Read();
        IReadOnlyList<DriftFinding> findings = before.Compare(scan, DriftRules.All, out HostBaseline after);
        int sent = 0;
        foreach (DriftFinding finding in findings.OrderByDescending(finding => finding.Rule.Severity).Take(MaxAlerts))
        {
            sent += alerts.TryWrite(DriftAlerts.Of(finding, options, scan.Time, after.Number)) ? 1 : 0;
        }

        metrics.Drifted(sent, findings.Count - sent);
        if (sent < findings.Count)
        {
            Log.HostDriftDropped(logger, findings.Count - sent);
        }

        if (!ReferenceEquals(after, before))
        {
            Keep(after);
        }

        _baseline = after;
    }

    private HostBaseline Read()
    {
        try
        {
            if (!File.Exists(options.BaselineFile))
            {
                return HostBaseline.None;
            }

            byte[] bytes = new FileInfo(options.BaselineFile).Length <= MaxFileBytes ? File.ReadAllBytes(options.BaselineFile) : [];
            if (Frame.TryFind(bytes, Magic, MaxFileBytes, out ReadOnlySpan<byte> payload, out bool isSound) && isSound && HostBaseline.Read(payload.ToArray()) is { } baseline)
            {
                return baseline;
            }

            Log.HostBaselineUnreadable(logger, options.BaselineFile, "it is damaged, or of another version");
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Log.HostBaselineUnreadable(logger, options.BaselineFile, e.Message);
        }

        return HostBaseline.None;
    }

    private void Keep(HostBaseline baseline)
    {
        byte[] payload = baseline.Write();
        byte[] header = new byte[Frame.HeaderSize];
        Frame.WriteHeader(header, Magic, payload);
        try
        {
            WholeFile.Replace(options.BaselineFile, stream =>
            {
                stream.Write(header);
                stream.Write(payload);
            });
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Log.HostBaselineUnwritten(logger, options.BaselineFile, e.Message);
        }
    }
}
