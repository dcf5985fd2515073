// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Changes;

/// <summary>Alerts about files in words.</summary>
internal static class FileChangeTexts
{
    /// <param name="old">The other name of changes that have two.</param>
    /// <param name="detail">Name of an attribute, type of what is mounted; empty = none.</param>
    public static string Message(FileChanges change, string comm, string path, string? old, string detail) => change switch
    {
        FileChanges.Create => $"{comm} created {path}",
        FileChanges.Change => $"{comm} changed {path}",
        FileChanges.Remove => $"{comm} removed {path}",
        FileChanges.Rename => $"{comm} renamed {old} to {path}",
        FileChanges.Move => $"{comm} moved {old} to {path}",
        FileChanges.Chmod => $"{comm} changed the permissions of {path}",
        FileChanges.Chown => $"{comm} changed the owner of {path}",
        FileChanges.Attributes => $"{comm} changed the attribute {detail} of {path}",
        FileChanges.Link => $"{comm} linked {old} as {path}",
        _ => detail.Length > 0 ? $"{comm} mounted {detail} on {path}" : $"{comm} changed what is mounted on {path}",
    };

    public static string Unseen(BaselineFinding finding)
    {
        string what = finding.Change switch
        {
            FileChanges.Create => "is new",
            FileChanges.Remove => "is gone",
            FileChanges.Change => "has other contents",
            FileChanges.Chmod => "has other permissions",
            _ => "has another owner",
        };
        return $"{finding.Path} {what}, and nobody was seen who did it{FileChangeAlerts.Sentence(finding.Before, finding.After)}";
    }
}
