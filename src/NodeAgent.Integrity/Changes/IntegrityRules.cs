// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;
using NodeAgent.Rules;

namespace NodeAgent.Integrity.Changes;

/// <summary>What alerts about files are called. Ids are never used anew.</summary>
internal static class IntegrityRules
{
    /// <summary>It was found to be other than before, and nobody was seen.</summary>
    public static RuleDescriptor Unseen { get; } = Rule(
        "NA-F011", "Watched file is not as it was", "A watched file is other than when it was looked at last, and nobody was seen who changed it: it was while the agent did not run, or events were lost.", 7, "TA0003", "T1565.001");

    private static readonly Dictionary<FileChanges, RuleDescriptor> ByChange = new()
    {
        [FileChanges.Create] = Rule("NA-F001", "Watched file created", "Something new is in a watched folder.", 5, "TA0003", "T1543"),
        [FileChanges.Change] = Rule("NA-F002", "Watched file changed", "The contents of a watched file are other than before.", 6, "TA0040", "T1565.001"),
        [FileChanges.Remove] = Rule("NA-F003", "Watched file removed", "A watched file is gone.", 6, "TA0005", "T1070.004"),
        [FileChanges.Rename] = Rule("NA-F004", "Watched file renamed", "A watched file has another name, or another file has its name.", 6, "TA0005", "T1036"),
        [FileChanges.Move] = Rule("NA-F005", "Watched file moved", "A file left a watched folder, or came into it from elsewhere.", 6, "TA0005", "T1036"),
        [FileChanges.Chmod] = Rule("NA-F006", "Permissions of watched file changed", "Other people may read, write or execute a watched file than before.", 6, "TA0005", "T1222.002"),
        [FileChanges.Chown] = Rule("NA-F007", "Owner of watched file changed", "A watched file belongs to somebody else.", 6, "TA0005", "T1222.002"),
        [FileChanges.Attributes] = Rule("NA-F008", "Attribute of watched file changed", "An extended attribute of a watched file, such as its capabilities or its access list, was set or removed.", 6, "TA0004", "T1548.001"),
        [FileChanges.Link] = Rule("NA-F009", "Watched file linked", "A watched file got a further name, by which it can be changed or kept.", 5, "TA0005", "T1564"),
        [FileChanges.Mount] = Rule("NA-F010", "Mount on watched path", "Something was mounted on a watched path or taken from it: other files are seen there now.", 7, "TA0005", "T1564"),
    };

    /// <param name="change">One.</param>
    public static RuleDescriptor Of(FileChanges change) => ByChange[change];

    private static RuleDescriptor Rule(string id, string name, string description, int severity, string tactic, string technique) => new()
    {
        Id = id,
        Name = name,
        Description = description,
        Severity = severity,
        MitreTactic = tactic,
        MitreTechnique = technique,
        ProfileDependency = ProfileDependency.NotRequired,
        IsTriggerAlert = true,
    };
}
