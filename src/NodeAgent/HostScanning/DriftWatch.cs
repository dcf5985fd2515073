// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Files;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScanning.Witnesses;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScanning;

/// <summary>Compares each scan with the one before, also with that of an agent before this one, and makes alerts of what changed. One user at a time.</summary>
/// <param name="witness">Asked who did it; null = nobody is.</param>
internal sealed class DriftWatch(HostScanOptions options, ChannelWriter<RuntimeAlerts> alerts, DriftWitness? witness, HostScanMetrics metrics, ILogger logger)
{
    // Units: alerts of one scan. A node that was set up anew is not told of line by line.
    private const int MaxAlerts = 500;

    private const int MaxFileBytes = 64 << 20;
    private static readonly byte[] Magic = "NAHB"u8.ToArray();

    // Containers may have these mounted, each from a file system of its own.
    private static readonly string[] HostFolders = ["/", "/etc", "/usr", "/usr/local", "/var", "/var/lib", "/var/spool", "/home", "/root", "/tmp"];

    private readonly Dictionary<string, DateTimeOffset> _readAt = [];
    private HostBaseline? _baseline;

    /// <summary>The alerts are in their queue before the baseline is kept: after a crash in between they are told once more, with the same ids.</summary>
    public void Look(HostScanResult scan, HostRoot root, CancellationToken stop)
    {
        HostBaseline before = _baseline ??= Read();
        DriftFinding[] findings = [.. before.Compare(scan, DriftRules.All, out HostBaseline after).OrderByDescending(finding => finding.Rule.Severity)];
        DriftFinding[] told = findings.Length <= MaxAlerts ? findings : findings[..MaxAlerts];
        IReadOnlyList<WitnessAccount?> accounts = Accounts(told, root, stop);
        int sent = 0;
        for (int at = 0; at < told.Length; at++)
        {
            sent += alerts.TryWrite(DriftAlerts.Of(told[at], accounts[at], options, scan.Time, after.Number)) ? 1 : 0;
        }

        metrics.Drifted(sent, findings.Length - sent, accounts.Count(account => account is not null));
        if (sent < findings.Length)
        {
            Log.HostDriftDropped(logger, findings.Length - sent);
        }

        if (!ReferenceEquals(after, before))
        {
            Keep(after);
        }

        _baseline = after;
        foreach (HostDocument document in scan.Documents.Where(document => document is { IsRemembered: false, Spec: not null }))
        {
            _readAt[document.Kind] = scan.Time;
        }
    }

    // Who did something before the document was last read did not do what is other now.
    private IReadOnlyList<WitnessAccount?> Accounts(DriftFinding[] findings, HostRoot root, CancellationToken stop)
    {
        if (witness is null)
        {
            return new WitnessAccount?[findings.Length];
        }

        witness.SetHostDevices(HostFolders.Select(folder => root.TryGetFacts(folder, out FileFacts facts) == ReadProblem.None ? facts.KernelDevice : 0));
        return witness.Ask([.. findings.Select(finding => (WitnessQuestion.Of(finding, root), _readAt.GetValueOrDefault(finding.Rule.Kind, DateTimeOffset.UnixEpoch)))], stop);
    }

    private HostBaseline Read()
    {
        HostBaseline? baseline = null;
        if (FramedFile.Read(options.BaselineFile, Magic, MaxFileBytes, payload => (baseline = HostBaseline.Read(payload)) is not null) is { } problem)
        {
            Log.HostBaselineUnreadable(logger, options.BaselineFile, problem);
        }

        return baseline ?? HostBaseline.None;
    }

    private void Keep(HostBaseline baseline)
    {
        try
        {
            FramedFile.Replace(options.BaselineFile, Magic, baseline.Write());
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Log.HostBaselineUnwritten(logger, options.BaselineFile, e.Message);
        }
    }
}
