// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Layout;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Layout;

public sealed class WireVersionTests
{
    private static readonly EventKind[] Kinds = [.. Enum.GetValues<EventKind>().Where(kind => kind is not EventKind.None and not EventKind.Limit)];

    [Fact]
    public void CanRead_OwnVersion_ReadsEachKind() =>
        Assert.All(Kinds, kind => Assert.True(new WireVersion(WireVersion.Current).CanRead(kind)));

    [Fact]
    public void CanRead_OneStructChanged_ReadsAllOtherKinds() =>
        Assert.Equal([EventKind.Open], Kinds.Where(kind => !new WireVersion(With("na_open", "0")).CanRead(kind)));

    [Theory]
    [InlineData("na_header")]
    [InlineData("na_string")]
    public void CanRead_WhatAllRecordsHaveChanged_ReadsNothing(string name) =>
        Assert.DoesNotContain(Kinds, new WireVersion(With(name, "0")).CanRead);

    [Fact]
    public void CanRead_NothingIsKnown_ReadsNothing() =>
        Assert.DoesNotContain(Kinds, new WireVersion(new Dictionary<string, string>()).CanRead);

    // A kind that the recorder did not have cannot be in what it recorded; one whose struct is gone today is.
    [Fact]
    public void CanRead_StructThatIsGone_LeavesTheOthers()
    {
        var version = new WireVersion(With("na_gone", "0"));

        Assert.All(Kinds, kind => Assert.True(version.CanRead(kind)));
    }

    // The layout text is in files that people keep: when it changes, the wire format did, or all of them become unreadable for nothing.
    [Fact]
    public void Current_Structs_HaveNamesAndHashes() =>
        Assert.All(WireVersion.Current, one => Assert.Matches("^na_[a-z_]+ [0-9a-f]{16}$", $"{one.Key} {one.Value}"));

    private static Dictionary<string, string> With(string name, string layout) => new(WireVersion.Current) { [name] = layout };
}
