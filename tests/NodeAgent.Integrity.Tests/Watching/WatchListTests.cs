// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Tests.Watching;

public sealed class WatchListTests
{
    private static readonly WatchedPath Keys = new(PathPattern.Parse("/etc/ssh"), WatchScopes.All) { Changes = FileChanges.Create | FileChanges.Change, Severity = 9 };
    private static readonly WatchedPath Rest = new(PathPattern.Parse("/etc"), WatchScopes.Host) { Excluded = [PathPattern.Parse("/etc/mtab"), PathPattern.Parse("/etc/*.swp")] };
    private readonly WatchList _list = new([Keys, Rest]);

    [Fact]
    public void Find_TwoCover_TheFirstThatWantsTheChange()
    {
        Assert.Same(Keys, _list.Find(WatchScopes.Host, "/etc/ssh/key"u8, FileChanges.Change));
        Assert.Same(Rest, _list.Find(WatchScopes.Host, "/etc/ssh/key"u8, FileChanges.Chmod));
    }

    [Fact]
    public void Find_Container_OnlyWhatIsMeantForContainers()
    {
        Assert.Same(Keys, _list.Find(WatchScopes.Containers, "/etc/ssh/key"u8, FileChanges.Create));
        Assert.Null(_list.Find(WatchScopes.Containers, "/etc/passwd"u8, FileChanges.Create));
    }

    [Fact]
    public void Find_Excluded_Null()
    {
        Assert.Null(_list.Find(WatchScopes.Host, "/etc/mtab"u8, FileChanges.Change));
        Assert.Null(_list.Find(WatchScopes.Host, "/etc/.passwd.swp"u8, FileChanges.Create));
        Assert.Null(_list.Find(WatchScopes.Host, ""u8, FileChanges.Change));
    }
}
