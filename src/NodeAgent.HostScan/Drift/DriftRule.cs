// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Drift;

/// <summary>Entries of one list of a document whose change between two scans is told.</summary>
/// <param name="Id">Shape: <c>NA-H001</c>; several lists may share it.</param>
/// <param name="Kind">Of the document.</param>
/// <param name="List">Shape: path of the list in its spec, <c>APIServerInfo.settings</c>.</param>
/// <param name="Key">Shape: paths of the members by which an entry is the same in the next scan.</param>
/// <param name="Severity">Shape: 1 to 10, as of rules.</param>
/// <param name="Name">Shape: name of the alert.</param>
/// <param name="Thing">Shape: words for the message, <c>kernel module</c>.</param>
public sealed record DriftRule(string Id, string Kind, string List, IReadOnlyList<string> Key, int Severity, string Name, string Thing)
{
    /// <summary>Shape: paths of the members whose change is told; a number stands for an element of a list.</summary>
    public IReadOnlyList<string> Watched { get; init; } = [];

    /// <summary>Only entries whose member has this value.</summary>
    public (string Member, string Value)? Where { get; init; }

    /// <summary>Only entries whose member is below this number.</summary>
    public (string Member, long Limit)? Below { get; init; }

    /// <summary>Only entries whose first key is one of these; null = all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Whether it is told that an entry is gone.</summary>
    public bool TellsRemoval { get; init; }

    /// <summary>What has to be done so that an entry changes.</summary>
    public DriftSubject Subject { get; init; } = DriftSubject.File;

    /// <summary>Shape: path of the member that names an entry's file.</summary>
    public string FileMember { get; init; } = "path";

    /// <summary>Shape: paths; files of which entries are made that do not name them themselves, or no longer.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Where the baseline keeps it.</summary>
    public string Place => $"{Id}/{List}";
}
