// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Architecture;

public sealed class SourceRulesTests
{
    private const string Apache = "// SPDX-License-Identifier: Apache-2.0\n";
    private const string Dual = "/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n";

    [Theory]
    [InlineData("src/NodeAgent/A.cs", Apache + "class A;\n")]
    [InlineData("bpf/probes/a.bpf.c", Dual + "int a;\n")]
    [InlineData("scripts/a.sh", "#!/bin/bash\n# SPDX-License-Identifier: Apache-2.0\n")]
    public void Violations_CleanFile_None(string path, string text) => Assert.Empty(SourceRules.Violations(path, text));

    [Theory]
    [InlineData("src/NodeAgent/A.cs", "class A;\n")]
    [InlineData("bpf/probes/a.bpf.c", Apache)] // the wrong licence for a program that the kernel must take as GPL
    [InlineData("native/src/a.c", Dual)]
    [InlineData("src/NodeAgent/A.cs", "\n\n\n" + Apache)]
    public void Violations_NoLicenceLine_IsNamed(string path, string text) =>
        Assert.Contains("SPDX", Assert.Single(SourceRules.Violations(path, text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("src/NodeAgent/A.cs", 500, 0)]
    [InlineData("src/NodeAgent/A.cs", 501, 1)]
    [InlineData("tests/NodeAgent.Tests/A.cs", 501, 0)]
    public void Violations_Length_IsBounded(string path, int lines, int expected)
    {
        string text = Apache + string.Concat(Enumerable.Repeat("// line\n", lines - 1));

        Assert.Equal(expected, SourceRules.Violations(path, text).Count);
    }

    [Theory]
    [InlineData("src/NodeAgent/A.cs", "// TO" + "DO: later\n", ":2:")]
    [InlineData("src/NodeAgent/A.cs", "int a; // FIX" + "ME\n", ":2:")]
    [InlineData("tests/NodeAgent.Tests/A.cs", "Thread." + "Sleep(5);\n", "wait on the condition")]
    [InlineData("src/NodeAgent/A.cs", "System.Threading.Thread." + "Sleep (5);\n", "wait on the condition")]
    public void Violations_ForbiddenText_IsNamedWithItsLine(string path, string line, string message) =>
        Assert.Contains(message, Assert.Single(SourceRules.Violations(path, Apache + line)), StringComparison.Ordinal);

    [Theory]
    [InlineData("// the todo list of the kernel\n")]
    [InlineData("thread.SleepSeconds = 5;\n")]
    public void Violations_SimilarText_None(string line) =>
        Assert.Empty(SourceRules.Violations("src/NodeAgent/A.cs", Apache + line));
}
