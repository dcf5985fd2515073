// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Integrity.Changes;

/// <summary>Puts into an alert what looking at the file told.</summary>
internal static class FileChangeAlerts
{
    private const int ShownDigits = 12;

    /// <param name="isAgain">An alert with this id was sent already.</param>
    public static RuntimeAlerts WithStates(RuntimeAlerts alert, FileObservation seen, in FileStates states, bool isAgain)
    {
        RuntimeAlert one = alert.Spec.Alerts[0];
        FileState? after = states.After.State;
        string message = one.Message + Sentence(states.Before, after);
        string? id = isAgain ? IdOf(one.Arguments.AlertId, after?.Sha256 ?? after?.Facts.ChangedNs.ToString(CultureInfo.InvariantCulture) ?? string.Empty) : one.Arguments.AlertId;
        var change = new AlertFileChange
        {
            Kind = FileChangeNames.Word(seen.Change),
            SeenAs = seen.SeenAs,
            Before = Describe(states.Before),
            After = Describe(after) ?? Unread(seen.Change, states.After.Outcome),
            Image = Describe(states.Image),
        };
        RuntimeAlert told = one with { Message = message, Arguments = one.Arguments with { Message = message, AlertId = id, FileChange = change, FileHash = HashOf(seen.Path, after) } };
        return alert with { Spec = alert.Spec with { Alerts = [told] } };
    }

    /// <returns>Another id, the same for the same.</returns>
    public static string IdOf(string? id, string what) => AlertParts.Id($"{id}\n{what}");

    public static AlertFileChange Describe(BaselineFinding finding) =>
        new() { Kind = FileChangeNames.Word(finding.Change), Before = Describe(finding.Before), After = Describe(finding.After) };

    /// <returns>What other alerts tell of their file, so that all have it in one place.</returns>
    public static AlertFileHash? HashOf(string path, FileState? after) => after?.Sha256 is { } digest ? new AlertFileHash(path, digest, (long)after.Facts.SizeBytes) : null;

    private static AlertFileState? Describe(FileState? state) => state is null ? null : new AlertFileState
    {
        Sha256 = state.Sha256,
        Unread = state.Unread,
        Size = state.Facts.IsRegular ? state.Facts.SizeBytes : null,
        Mode = Octal(state.Facts.Permissions),
        Uid = state.Facts.Uid,
        Gid = state.Facts.Gid,
        Inode = state.Facts.Inode,
        Device = string.Create(CultureInfo.InvariantCulture, $"{state.Facts.KernelDevice >> 20}:{state.Facts.KernelDevice & 0xFFFFF}"),
        Modified = Time(state.Facts.ModifiedNs),
        Changed = Time(state.Facts.ChangedNs),
        Target = state.Target,
    };

    /// <returns>What differs, for people; empty when nothing is known to.</returns>
    public static string Sentence(FileState? before, FileState? after)
    {
        var parts = new List<string>();
        if (before is not null && after is not null)
        {
            Add("SHA-256", Short(before.Sha256), Short(after.Sha256));
            Add("size", Size(before), Size(after));
            Add("mode", Octal(before.Facts.Permissions), Octal(after.Facts.Permissions));
            Add("owner", Owner(before.Facts), Owner(after.Facts));
            Add("target", before.Target, after.Target);
        }
        else if ((after ?? before)?.Sha256 is { } digest)
        {
            parts.Add("SHA-256 " + Short(digest));
        }

        return parts.Count == 0 ? string.Empty : ": " + string.Join(", ", parts);

        void Add(string what, string? from, string? to)
        {
            if (from != to)
            {
                parts.Add($"{what} {from ?? "?"} → {to ?? "?"}");
            }
        }
    }

    // That a file which was removed is gone needs no reason.
    private static AlertFileState? Unread(FileChanges change, LookOutcome outcome) => outcome switch
    {
        LookOutcome.Denied => new AlertFileState { Unread = "denied" },
        LookOutcome.Gone => new AlertFileState { Unread = "gone" },
        LookOutcome.Late => new AlertFileState { Unread = "late" },
        _ => change is FileChanges.Remove ? null : new AlertFileState { Unread = "gone" },
    };

    private static string Octal(uint permissions) => Convert.ToString(permissions, 8).PadLeft(4, '0');

    private static string? Short(string? digest) => digest?[..ShownDigits];

    private static string? Size(FileState state) => state.Facts.IsRegular ? state.Facts.SizeBytes.ToString(CultureInfo.InvariantCulture) : null;

    private static string Owner(in FileFacts facts) => string.Create(CultureInfo.InvariantCulture, $"{facts.Uid}:{facts.Gid}");

    private static string Time(long ns) => (DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(ns / 100)).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
