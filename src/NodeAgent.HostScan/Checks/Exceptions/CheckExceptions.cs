// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Checks.Exceptions;

/// <summary>All exceptions of a file or folder.</summary>
/// <param name="Issues">What is wrong with files; what they are about is left out, so that no failure is hidden by mistake.</param>
public sealed record CheckExceptions(IReadOnlyList<CheckException> All, IReadOnlyList<CheckIssue> Issues)
{
    public static CheckExceptions None { get; } = new([], []);

    /// <param name="path">A file, or a folder of them; empty = none.</param>
    public static CheckExceptions Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var issues = new List<CheckIssue>();
        return path.Length == 0 ? None : new CheckExceptions([.. TextFiles.Of(path, issues).SelectMany(file => ExceptionFileReader.Read(file.File, file.Text, issues))], issues);
    }

    /// <summary>Those that have run out, and would hold for this node.</summary>
    public IReadOnlyList<CheckException> Expired(HostScanResult scan, IEnumerable<CheckDefinition> checks, DateTimeOffset now)
    {
        CheckDefinition[] known = [.. checks];
        return [.. All.Where(exception => exception.IsExpired(now) && known.Any(check => exception.IsAbout(check, scan)))];
    }

    /// <returns>The results, failures that are excepted now as such.</returns>
    public IReadOnlyList<CheckResult> Apply(IReadOnlyList<CheckResult> results, HostScanResult scan, DateTimeOffset now) =>
        [.. results.Select(result =>
            result.Outcome == CheckOutcome.Fail && All.FirstOrDefault(exception => !exception.IsExpired(now) && exception.IsAbout(result.Check, scan)) is { } exception
                ? result with { Outcome = CheckOutcome.Excepted, Exception = exception }
                : result)];
}
