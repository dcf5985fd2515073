// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Layout;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Btf;

namespace NodeAgent.Bpf.Tests.Layout;

public sealed class WireLayoutTests
{
    [Fact]
    public void Verify_ThisBuild_HasNoDifference() => Assert.Empty(WireLayout.Verify());

    [Fact]
    public void Compare_NothingInC_NamesEachMirror()
    {
        IReadOnlyList<string> differences = WireLayout.Compare([], []);
        Assert.All(differences, difference => Assert.Contains(" is gone; ", difference, StringComparison.Ordinal));
        int structs = typeof(HeaderRecord).Assembly.GetTypes().Count(type => type.IsDefined(typeof(WireStructAttribute), inherit: false));
        Assert.True(differences.Count > structs, "a wire struct is not compared");
        Assert.Contains("struct na_exec is gone; ExecRecord mirrors it", differences);
        Assert.Contains("enum na_kind is gone; EventKind mirrors it", differences);
    }

    [Fact]
    public void Compare_MembersDiffer_NamesEachOne()
    {
        var mirror = new MirrorStruct("Mirror", "na_x", 16, [new("Same", "same", 0, 4), new("Moved", "moved", 4, 4), new("Extra", "extra", 8, 8)]);
        var found = new BtfStruct("na_x", 24, [new("same", 0, 4), new("moved", 8, 4), new("missing", 16, 8)]);
        Assert.Equal(
            [
                "struct na_x has 24 bytes, Mirror 16",
                "na_x.moved is 4 bytes at 8, Mirror.Moved 4 at 4",
                "na_x.missing has no field in Mirror",
                "Mirror.Extra mirrors nothing: na_x has no extra",
            ],
            WireLayout.Compare([found], [], [mirror], []));
    }

    [Fact]
    public void Compare_EnumsDiffer_NamesEachValue()
    {
        var mirror = new MirrorEnum("Mirror", "na_e", new Dictionary<string, long> { ["NA_NONE"] = 0, ["NA_A"] = 1, ["NA_B"] = 2, ["NA_C"] = 3 });
        var found = new BtfEnum("na_e", new Dictionary<string, long> { ["NA_A"] = 1, ["NA_B"] = 4, ["NA_D"] = 5 });
        Assert.Equal(
            ["NA_B is 4, in Mirror 2", "NA_D has no value in Mirror", "Mirror has a value NA_C that enum na_e has not"],
            WireLayout.Compare([], [found], [], [mirror]));
    }

    [Fact]
    public void Compare_StructWithoutMirror_NamesIt() =>
        Assert.Equal(
            ["struct na_new has no mirror"],
            WireLayout.Compare([new BtfStruct("na_new", 4, []), new BtfStruct("task_struct", 4, [])], [], [], []));
}
