// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Tests.Configuration;

public sealed class WatchSettingsTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_WatchesAndPaths_WatchesGoFirst()
    {
        IntegritySettings settings = Load("""
            integrity:
              paths: [/etc, "/home/*/.ssh"]
              containerPaths: [/usr/local/bin]
              exclude: [/etc/mtab]
              maxFileSize: 1MiB
              watches:
                - { path: /etc/ssh, scope: all, changes: [create, move], exclude: /etc/ssh/moduli, namespaces: [shop], severity: 9 }
                - path: /boot
            """);

        Assert.True(settings.IsOn);
        Assert.Equal(1 << 20, settings.MaxFileBytes);
        IReadOnlyList<WatchedPath> all = settings.Watched.All;
        Assert.Equal(["/etc/ssh", "/boot", "/etc", "/home/*/.ssh", "/usr/local/bin"], all.Select(watched => watched.Path.Text));
        Assert.Equal(
            (WatchScopes.All, FileChanges.Create | FileChanges.Move, "/etc/ssh/moduli", "shop", 9),
            (all[0].Scopes, all[0].Changes, Assert.Single(all[0].Excluded).Text, Assert.Single(all[0].Namespaces), all[0].Severity));
        Assert.Equal((WatchScopes.Host, FileChanges.All), (all[1].Scopes, all[1].Changes));
        Assert.Equal((WatchScopes.Containers, "/etc/mtab"), (all[4].Scopes, Assert.Single(all[4].Excluded).Text));
    }

    [Fact]
    public void Load_NoPath_Off() => Assert.False(Load("integrity: { exclude: [/etc] }").IsOn);

    [Theory]
    [InlineData("paths: [etc]", "integrity.paths")]
    [InlineData("paths: [/etc/../root]", "integrity.paths")]
    [InlineData("watches: [{ scope: host }]", "integrity.watches[0].path")]
    [InlineData("watches: [{ path: etc }]", "integrity.watches[0].path")]
    [InlineData("watches: [{ path: /etc, scope: pods }]", "integrity.watches[0].scope")]
    [InlineData("watches: [{ path: /etc, changes: [create, touch] }]", "integrity.watches[0].changes")]
    [InlineData("watches: [{ path: /etc, exclude: [mtab] }]", "integrity.watches[0].exclude")]
    [InlineData("watches: [{ path: /etc, severity: 11 }]", "integrity.watches[0].severity")]
    [InlineData("watches: [{ path: /etc, recursive: true }]", "integrity.watches[0].recursive")]
    [InlineData("maxFiles: 0", "integrity.maxFiles")]
    public void Load_WrongValue_IsAnErrorThatNamesTheKey(string text, string key) =>
        Assert.Contains(key, Assert.Throws<ConfigurationException>(() => Load($"integrity:\n  {text}")).Message, StringComparison.Ordinal);

    private IntegritySettings Load(string text)
    {
        File.WriteAllText(_file, text);
        return ConfigurationLoader.Load(_file, None, None).Integrity;
    }
}
