// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Configuration;

/// <summary>Reads one item of <c>integrity.watches</c>.</summary>
internal static class WatchSettings
{
    /// <remarks>Errors: <see cref="ConfigurationException"/>.</remarks>
    public static WatchedPath Read(SettingSection section)
    {
        PathPattern path = section.Has("path") ? section.Read("path", PathPattern.Parse("/"), PathPattern.Parse) : throw section.Fault("path", "is missing");
        var watched = new WatchedPath(path, section.Read("scope", WatchScopes.Host, ScopeOf))
        {
            Changes = section.Texts("changes") is { Count: > 0 } changes ? changes.Aggregate(FileChanges.None, (all, word) => all | ChangeOf(section, word)) : FileChanges.All,
            Excluded = [.. section.Texts("exclude").Select(text => Parse(section, "exclude", text))],
            Namespaces = section.Texts("namespaces"),
            Severity = section.Read("severity", 0, text => SettingValue.Number(text, 1, 10)),
        };
        section.Done();
        return watched;
    }

    private static PathPattern Parse(SettingSection section, string name, string text)
    {
        try
        {
            return PathPattern.Parse(text);
        }
        catch (FormatException e)
        {
            throw section.Fault(name, e.Message);
        }
    }

    private static FileChanges ChangeOf(SettingSection section, string word) =>
        FileChangeNames.Single.Where(change => FileChangeNames.Word(change) == word).Cast<FileChanges?>().FirstOrDefault()
        ?? throw section.Fault("changes", $"'{word}' is not one of {string.Join(", ", FileChangeNames.Single.Select(FileChangeNames.Word))}");

    private static WatchScopes ScopeOf(string text) => text switch
    {
        "host" => WatchScopes.Host,
        "containers" => WatchScopes.Containers,
        "all" => WatchScopes.All,
        _ => throw new FormatException($"'{text}' is not one of host, containers, all"),
    };
}
