// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Loading;

namespace NodeAgent.HostScan.Tests.Checks.Loading;

public sealed class CheckLibraryTests : IDisposable
{
    private const string Good = "    pass: sysctl != null";
    private readonly string _folder = Directory.CreateTempSubdirectory("node-agent-checks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_File_HasAllMembers()
    {
        CheckLibrary library = CheckLibrary.Of([("a.yaml", TestDocuments.File("""
                applies: sysctl != null
                pass: >-
                  setting(sysctl.kernelVariables, "a") == null
                evidence:
                  - found: sysctl
                    wanted: 1
                references: [CIS 4.2.6, NSA]
            """))]);

        Assert.Empty(library.Issues);
        CheckDefinition check = Assert.Single(library.Checks);
        Assert.Equal(("T-1", "A title", "A reason", CheckSeverity.High, "Do this"), (check.Id, check.Title, check.Rationale, check.Severity, check.Remediation));
        Assert.Equal(("test", "Tests", "a.yaml", 4), (check.Set.Id, check.Set.Name, check.Set.File, check.Line));
        Assert.Equal("setting(sysctl.kernelVariables, \"a\") == null", check.Pass.Text);
        Assert.Equal("sysctl != null", check.Applies!.Text);
        Assert.Equal(("sysctl", "1"), (check.Evidence[0].Found.Text, check.Evidence[0].Wanted));
        Assert.Equal(["CIS 4.2.6", "NSA"], check.References);
    }

    [Theory]
    [InlineData("    pass: true\n    severity2: high", "f.yaml:10: severity2 is no member that is known here")]
    [InlineData("    pass: true\n    pass: false", "f.yaml:10: ")]
    [InlineData("    fail: true", "f.yaml:4: pass is missing")]
    [InlineData("    pass: []", "f.yaml:9: pass must be text of 1 to 16384 characters")]
    [InlineData("    pass: 'true'\n    evidence: {}", "f.yaml:10: evidence must be a list")]
    [InlineData("    pass: 'true'\n    evidence: [1]", "f.yaml:10: an entry of evidence must be a mapping")]
    [InlineData("    pass: 'true'\n    evidence:\n      - found: a", "f.yaml:11: wanted is missing")]
    [InlineData("    pass: 'true'\n    references: [[]]", "f.yaml:10: an entry of references must be text")]
    [InlineData("    pass: 'true'\n    ? [a]\n    : b", "a key must be text")]
    [InlineData("    pass: \"\\xZZ\"", "f.yaml:9: ")]
    public void Read_CheckThatIsWrong_IsSaidWithItsLine(string body, string issue)
    {
        CheckLibrary library = CheckLibrary.Of([("f.yaml", TestDocuments.File(body)), ("good.yaml", TestDocuments.File(Good, "GOOD", "good"))]);

        Assert.Contains(library.Issues, one => one.ToString().Contains(issue, StringComparison.Ordinal));
        Assert.Equal("GOOD", Assert.Single(library.Checks).Id);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("[]", "a file of checks must be a mapping")]
    [InlineData("id: a\nname: b", "checks is missing or empty")]
    [InlineData("id: a b\nname: b\nchecks: []", "id 'a b' must be")]
    [InlineData("a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]\n---\nd: 1", "2 documents instead of one")]
    [InlineData("{{{{", "")]
    public void Read_FileThatIsWrong_IsSaid(string text, string issue) =>
        Assert.Contains(CheckLibrary.Of([("f.yaml", text)]).Issues, one => one.File == "f.yaml" && one.Message.Contains(issue, StringComparison.Ordinal));

    [Fact]
    public void Read_BadSeverity_IsSaid()
    {
        CheckLibrary library = CheckLibrary.Of([("f.yaml", TestDocuments.File(Good).Replace("high", "dreadful", StringComparison.Ordinal))]);

        Assert.Equal("f.yaml:4: severity 'dreadful' is none of critical, high, medium, low", Assert.Single(library.Issues).ToString());
        Assert.Empty(library.Checks);
    }

    [Fact]
    public void Read_IdThatIsThereTwice_IsLeftOut()
    {
        CheckLibrary library = CheckLibrary.Of([("a.yaml", TestDocuments.File(Good)), ("b.yaml", TestDocuments.File(Good, "T-1", "other")), ("c.yaml", TestDocuments.File(Good, "T-2"))]);

        Assert.Equal(["b.yaml:4: id T-1 stands in a.yaml:4 already", "c.yaml:4: set test is that of a.yaml already"], library.Issues.Select(issue => issue.ToString()));
        Assert.Equal("a.yaml", Assert.Single(library.Checks).Set.File);
    }

    [Fact]
    public void Read_Folder_IsReadByNameAndWhatIsNoFileIsSaid()
    {
        File.WriteAllText(Path.Combine(_folder, "b.yaml"), TestDocuments.File(Good, "T-B", "b"));
        File.WriteAllText(Path.Combine(_folder, "a.yml"), TestDocuments.File(Good, "T-A", "a"));
        File.WriteAllText(Path.Combine(_folder, "readme.md"), "no checks");
        File.WriteAllText(Path.Combine(_folder, "large.yaml"), new string('#', (1 << 20) + 1));
        using (Process made = Process.Start("mkfifo", [Path.Combine(_folder, "fifo.yaml")]))
        {
            made.WaitForExit();
        }

        CheckLibrary library = CheckLibrary.Read(_folder);

        Assert.Equal(["T-A", "T-B"], library.Checks.Where(check => check.Id.StartsWith("T-", StringComparison.Ordinal)).Select(check => check.Id));
        Assert.Equal([$"{_folder}/fifo.yaml: is no regular file", $"{_folder}/large.yaml: is longer than 1048576 bytes"], library.Issues.Select(issue => issue.ToString()));
        Assert.Equal($"{_folder}/none: is not there", Assert.Single(CheckLibrary.Read(_folder + "/none").Issues).ToString());
    }

    [Fact]
    public void Read_OwnChecksOfTheAgent_Compile() => Assert.Empty(CheckEngine.Compile(CheckLibrary.Read()).Issues);
}
