// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Verification;

namespace NodeAgent.Bpf.Tests.Verification;

public sealed class InstructionRecordTests
{
    private const string Kernel = "x64-6.18";

    private static readonly InstructionRecord Record = InstructionRecord.Parse(
        "# a comment\n\nx64-6.18 file na_open 1000\nx64-6.18 file na_close\t10\nx64-6.1 file na_open 5\n");

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    [InlineData(1200)] // the 20 % that are allowed
    public void Compare_WithinTheAllowance_FindsNothing(uint count) =>
        Assert.Empty(Record.Compare(Kernel, [Accepted("na_open", count), Accepted("na_close", 10)]));

    [Fact]
    public void Compare_Grown_SaysFromWhatToWhat()
    {
        string finding = Assert.Single(Record.Compare(Kernel, [Accepted("na_open", 1201), Accepted("na_close", 10)]));
        Assert.StartsWith("file/na_open: grew from 1000 to 1201 instructions", finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_NewProgram_SaysHowToRecordIt()
    {
        string finding = Assert.Single(Record.Compare(Kernel, [Accepted("na_open", 1000), Accepted("na_close", 10), Accepted("na_new", 7)]));
        Assert.StartsWith("file/na_new: is not in the record (7 instructions): record it by: make verify-record", finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_RefusedAndGone_AreFindings()
    {
        IReadOnlyList<string> findings = Record.Compare(Kernel, [Refused("na_open")]);
        Assert.Equal(
            ["file/na_open: was accepted when recorded and is refused now: no such hook", "file/na_close: is in the record and in no object: record again"],
            findings);
    }

    [Fact]
    public void Compare_RefusedAndNeverRecorded_IsNoFinding() =>
        Assert.Empty(Record.Compare(Kernel, [Accepted("na_open", 1), Accepted("na_close", 1), Refused("na_fentry")]));

    [Fact]
    public void Compare_OtherKernel_ComparesNothing() =>
        Assert.Empty(Record.Compare("arm64-6.18", [Accepted("na_open", 999_999), Accepted("na_new", 1)]));

    [Fact]
    public void With_OneKernel_KeepsTheOthersAndReadsBack()
    {
        var written = InstructionRecord.Parse(Record.With(Kernel, [Accepted("na_new", 7), Refused("na_fentry")]).ToString());
        Assert.Equal(["x64-6.1", Kernel], written.Kernels);
        Assert.Equal((5u, 7u), (written.Find("x64-6.1", "file", "na_open"), written.Find(Kernel, "file", "na_new")));
        Assert.Null(written.Find(Kernel, "file", "na_open"));
        Assert.Null(written.Find(Kernel, "file", "na_fentry"));
    }

    [Theory]
    [InlineData("x64-6.18 file na_open")]
    [InlineData("x64-6.18 file na_open -1")]
    [InlineData("x64-6.18 file na_open 0")]
    [InlineData("x64-6.18 file na_open 99999999999")]
    [InlineData("x64-6.18 file na_open 1 2")]
    [InlineData("x64-6.18 file na_open 1\nx64-6.18 file na_open 2")]
    public void Parse_WrongLines_SaysWhich(string text) =>
        Assert.StartsWith("line ", Assert.Throws<FormatException>(() => InstructionRecord.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("6.1.0-18-amd64\n", Architecture.X64, "x64-6.1")]
    [InlineData("6.18.44-fc-v669", Architecture.Arm64, "arm64-6.18")]
    [InlineData("nonsense", Architecture.X64, "x64-unknown")]
    public void Of_Release_IsItsFamily(string release, Architecture architecture, string family) =>
        Assert.Equal(family, KernelFamily.Of(release, architecture));

    private static VerifierResult Accepted(string program, uint count) =>
        new("file", program, "tp_btf/x", 1, count, true, string.Empty, string.Empty);

    private static VerifierResult Refused(string program) =>
        new("file", program, "fentry/x", 1, 0, false, "no such hook", "log");
}
