// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Scripts;

/// <summary><c>scripts/test.sh</c>: the count is right, and no way of going wrong is counted as success.</summary>
public sealed class TestRunnerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_TwoPrograms_AddsTheirResults()
    {
        Program("A.Tests", Results(passed: 3, failed: 0, skipped: 1) + "echo '    A.Some_Test [SKIP]'; echo '      no BTF here'");
        Program("B.Tests", Results(passed: 4, failed: 0, skipped: 0));

        ShellResult result = await RunAsync("unit");

        Assert.Equal("7 passed, 0 failed, 1 skipped", LastLine(result));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("A.Tests: A.Some_Test: no BTF here", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 139", "0 passed, 1 failed, 0 skipped")] // crashed before it wrote anything
    [InlineData("echo '<assemblies><assembly passed=\"2\"' >\"$xml\"; exit 134", "0 passed, 1 failed, 0 skipped")] // crashed while writing
    [InlineData("echo '<assemblies></assemblies>' >\"$xml\"", "0 passed, 1 failed, 0 skipped")] // results of nothing
    [InlineData("sleep 60", "0 passed, 1 failed, 0 skipped")] // hangs
    public async Task Run_ProgramWithoutResults_IsOneFailure(string body, string expected)
    {
        Program("A.Tests", body);

        ShellResult result = await RunAsync("unit", timeoutSeconds: 1);

        Assert.Equal(expected, LastLine(result));
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Run_FailedTest_ShowsItsOutput()
    {
        Program("A.Tests", "echo '    A.Other_Test [FAIL]'; echo 'expected 1, got 2';" + Results(passed: 1, failed: 1, skipped: 0) + "exit 1");

        ShellResult result = await RunAsync("unit");

        Assert.Equal("1 passed, 1 failed, 0 skipped", LastLine(result));
        Assert.Contains("expected 1, got 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("unit A.Tests: A.Other_Test: expected 1, got 2\n", result.Output, StringComparison.Ordinal); // in the list at the end
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Run_PassedButExitCode_IsAFailure()
    {
        Program("A.Tests", Results(passed: 5, failed: 0, skipped: 0) + "exit 3");

        Assert.Equal("5 passed, 1 failed, 0 skipped", LastLine(await RunAsync("unit")));
    }

    [Fact]
    public async Task Run_ProgramNotBuilt_IsAFailure()
    {
        Directory.CreateDirectory(_folder["tests/A.Tests"]);

        Assert.Equal("0 passed, 1 failed, 0 skipped", LastLine(await RunAsync("unit")));
    }

    [Fact]
    public async Task Run_UnitProgramWithoutTests_IsAFailure()
    {
        Program("A.Tests", Results(passed: 0, failed: 0, skipped: 0));

        Assert.Equal("0 passed, 1 failed, 0 skipped", LastLine(await RunAsync("unit")));
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("kernel")]
    [InlineData("integration")]
    [InlineData("chart")]
    public async Task Run_LevelWithoutTests_IsAFailure(string level)
    {
        Program("A.Tests", Results(passed: 1, failed: 0, skipped: 0));

        Assert.Equal("0 passed, 1 failed, 0 skipped", LastLine(await RunAsync(level)));
    }

    [Fact]
    public async Task Run_Integration_ChoosesByTrait()
    {
        Program("A.Tests", "echo \"$@\" >'" + _folder["arguments"] + "';" + Results(passed: 1, failed: 0, skipped: 0));
        Program("B.Tests", Results(passed: 1, failed: 0, skipped: 0));
        _folder.Write("tests/A.Tests/SomeTests.cs", "[Trait(\"Level\", \"Integration\")]");

        Assert.Equal("1 passed, 0 failed, 0 skipped", LastLine(await RunAsync("integration")));
        Assert.StartsWith("-trait Level=Integration", File.ReadAllText(_folder["arguments"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Kernels_CountsEachGuestOnce()
    {
        Kernels("--check) exit 0 ;;", """
            mkdir -p "$guests/host" "$guests/6.1" "$guests/6.12" "$guests/6.9"
            echo 0 >"$guests/host/rc"; echo ran >"$guests/host/log"; xml=$guests/host/matrix.xml
            """ + "\n" + Results(passed: 5, failed: 0, skipped: 1) + "\nxml=$guests/host/verify.xml\n" + Results(passed: 1, failed: 0, skipped: 0) + """

            echo 1 >"$guests/6.1/rc"; echo ran >"$guests/6.1/log"; xml=$guests/6.1/matrix.xml
            """ + "\n" + Results(passed: 4, failed: 2, skipped: 0) + """

            echo "the guest did not end within 5 s" >"$guests/6.12/failure"
            echo "image: cannot be downloaded" >"$guests/6.9/failure"
            exit 1
            """);

        ShellResult result = await RunAsync("kernels");

        Assert.Equal("10 passed, 3 failed, 2 skipped", LastLine(result));
        Assert.Contains("kernels 6.12: no results, exit code 255", result.Output, StringComparison.Ordinal);
        Assert.Contains("the guest did not end within 5 s", result.Output, StringComparison.Ordinal);
        Assert.Contains("kernels: 6.9: image: cannot be downloaded", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Run_KernelsWithoutQemu_TriesThisOneAndSkipsTheOthersWithTheReason()
    {
        Kernels("--check) echo 'no QEMU here'; exit 1 ;; --short) exit 9 ;;", """
            mkdir -p "$guests/host"
            echo 0 >"$guests/host/rc"; echo ran >"$guests/host/log"; xml=$guests/host/matrix.xml
            """ + "\n" + Results(passed: 5, failed: 0, skipped: 0));

        ShellResult result = await RunAsync("kernels");

        Assert.Equal("5 passed, 0 failed, 1 skipped", LastLine(result));
        Assert.Contains("kernels: other kernels: no QEMU here", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KernelsGivesNothing_IsAFailure()
    {
        Kernels("--check) exit 0 ;;", "echo 'no space left'; exit 1");

        ShellResult result = await RunAsync("kernels");

        Assert.Equal("0 passed, 1 failed, 0 skipped", LastLine(result));
        Assert.Contains("no space left", result.Output, StringComparison.Ordinal);
    }

    private void Kernels(string cases, string body) =>
        _folder.WriteProgram("kernels.sh", $"guests={_folder["kernels/results"]}\ncase $1 in {cases} esac\n{body}");

    private static string LastLine(ShellResult result) => result.Output.TrimEnd('\n').Split('\n')[^1];

    private static string Results(int passed, int failed, int skipped) =>
        $"echo '<assemblies><assembly name=\"a\" total=\"9\" passed=\"{passed}\" failed=\"{failed}\" skipped=\"{skipped}\" errors=\"0\"></assembly></assemblies>' >\"$xml\";";

    private void Program(string project, string body) =>
        _folder.WriteProgram($"tests/{project}/bin/Debug/net10.0/{project}", "xml=${@: -1}\n" + body);

    private Task<ShellResult> RunAsync(string level, int timeoutSeconds = 30)
    {
        var environment = new Dictionary<string, string?>
        {
            ["TEST_ROOT"] = _folder["tests"],
            ["TEST_RESULTS"] = _folder["results"],
            ["TEST_TIMEOUT"] = timeoutSeconds.ToString(),
            ["CONFIGURATION"] = null,
            ["TEST_KERNELS"] = _folder["kernels.sh"],
            ["KERNELS_CACHE"] = _folder["kernels"],
        };
        return ShellProcess.RunAsync(RepositoryRoot.File("scripts/test.sh"), [level], environment, TestContext.Current.CancellationToken);
    }
}
