// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Scripts;

/// <summary><c>scripts/setup.sh</c>: each thing that a machine can lack is one clear line and a non-zero exit.</summary>
public sealed class SetupTests : IDisposable
{
    private readonly SetupMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("run")]
    [InlineData("test")]
    [InlineData("bench")]
    public async Task Setup_NothingMissing_IsSilent(string set)
    {
        ShellResult result = await _machine.RunAsync(set);

        Assert.Equal((0, ""), (result.ExitCode, result.All));
        Assert.Empty(_machine.AptCalls);
    }

    [Fact]
    public async Task Setup_NotRoot_SaysSo()
    {
        _machine.Fake("id", "echo 1000");

        await AssertFailsWith("root is needed");
    }

    [Fact]
    public async Task Setup_NoDotnet_SaysSo()
    {
        _machine.Remove("dotnet");

        await AssertFailsWith(".NET SDK 10 is needed and 'dotnet' is not on the PATH");
    }

    [Theory]
    [InlineData("echo '8.0.404 [/usr/lib/dotnet/sdk]'", "found: 8.0.404")]
    [InlineData("exit 0", "found: only a runtime, no SDK")]
    [InlineData("exit 127", "found: only a runtime, no SDK")]
    public async Task Setup_WrongDotnet_SaysWhatIsThere(string dotnet, string message)
    {
        _machine.Fake("dotnet", dotnet);

        await AssertFailsWith(message);
    }

    [Fact]
    public async Task Setup_SeveralSdks_TheRightOneIsFound()
    {
        _machine.Fake("dotnet", "echo '8.0.404 [/a]'; echo '10.0.401 [/a]'");

        Assert.Equal(0, (await _machine.RunAsync("run")).ExitCode);
    }

    [Fact]
    public async Task Setup_NoBtf_SaysSo()
    {
        _machine.RemoveBtf();

        await AssertFailsWith("the kernel has no BTF (/sys/kernel/btf/vmlinux)");
    }

    [Theory]
    [InlineData("5.7.19-generic")]
    [InlineData("4.19.0")]
    [InlineData("3.10.0-1160.el7.x86_64")]
    public async Task Setup_OldKernel_SaysWhichIsNeeded(string release)
    {
        _machine.Fake("uname", "echo " + release);

        await AssertFailsWith($"kernel {release} is too old: 5.8 or newer is needed");
    }

    [Theory]
    [InlineData("5.8.0")]
    [InlineData("5.15.0-91-generic")]
    [InlineData("10.1")]
    public async Task Setup_NewKernel_GoesOn(string release)
    {
        _machine.Fake("uname", "echo " + release);

        Assert.Equal(0, (await _machine.RunAsync("run")).ExitCode);
    }

    [Fact]
    public async Task Setup_OtherDistribution_WarnsAndGoesOn()
    {
        _machine.Distribution("ubuntu", "24.04", "Ubuntu 24.04 LTS");

        ShellResult result = await _machine.RunAsync("run");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("setup: warning: this is Ubuntu 24.04 LTS; only Debian 12 is tested\n", result.Errors);
    }

    [Fact]
    public async Task Setup_PackagesMissing_SaysSoFirstAndInstallsThem()
    {
        _machine.Absent("clang-19", "libelf-dev");

        ShellResult result = await _machine.RunAsync("run");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("setup: installing 2 Debian packages: clang-19 libelf-dev\nsetup: done\n", result.Errors);
        Assert.Equal(2, _machine.AptCalls.Length);
        Assert.EndsWith(" update", _machine.AptCalls[0], StringComparison.Ordinal);
        Assert.EndsWith(" install -y --no-install-recommends clang-19 libelf-dev", _machine.AptCalls[1], StringComparison.Ordinal);
        Assert.Equal("", (await _machine.RunAsync("run")).All); // the second time there is nothing to do
    }

    [Fact]
    public async Task Setup_TestPackageMissing_MattersToTestsOnly()
    {
        _machine.Absent("runc");

        Assert.Equal("", (await _machine.RunAsync("run")).All);
        Assert.Contains("installing 1 Debian packages: runc", (await _machine.RunAsync("test")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bench")]
    [InlineData("test")]
    public async Task Setup_PackageOfAServiceMissing_ItIsNotStarted(string set)
    {
        _machine.Absent("nginx-light");

        ShellResult result = await _machine.RunAsync(set);

        Assert.Equal((0, "setup: installing 1 Debian packages: nginx-light\nsetup: done\n"), (result.ExitCode, result.Errors));
        Assert.Equal("#!/bin/sh\nexit 101", _machine.PolicyDuringApt);
        Assert.Null(_machine.Policy);
    }

    [Fact]
    public async Task Setup_BenchPackageMissing_APolicyThatIsThereStays()
    {
        _machine.Absent("nginx-light");
        _machine.Policy = "theirs";

        Assert.Equal(0, (await _machine.RunAsync("bench")).ExitCode);

        Assert.Equal("theirs", _machine.PolicyDuringApt);
        Assert.Equal("theirs", _machine.Policy);
    }

    [Fact]
    public async Task Setup_BenchInstallationFails_NoPolicyIsLeft()
    {
        _machine.Absent("nginx-light");
        _machine.Fake("apt-get", "echo 'E: broken'; exit 100");

        ShellResult result = await _machine.RunAsync("bench");

        Assert.Equal(1, result.ExitCode);
        Assert.Null(_machine.Policy);
    }

    [Fact]
    public async Task Setup_NoKubectl_InstallsDebians()
    {
        _machine.Remove("kubectl");
        _machine.Absent("kubernetes-client");

        await _machine.RunAsync("test");

        Assert.EndsWith(" kubernetes-client", _machine.AptCalls[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_LockHeld_WaitsAndSaysSo()
    {
        _machine.Absent("clang-19");
        string absent = _machine.Write("locked", "yes").Replace("locked", "absent", StringComparison.Ordinal);
        _machine.Fake("apt-get", $"""
            echo "$*" >>'{_machine.AptCallsFile}'
            if (( $(wc -l <'{_machine.AptCallsFile}') < 3 )); then echo 'E: Could not get lock /var/lib/apt/lists/lock'; exit 100; fi
            [[ "$*" == *" install "* ]] && : >'{absent}'
            exit 0
            """);
        _machine.Fake("wc", "mapfile -t lines; echo ${#lines[@]}");

        ShellResult result = await _machine.RunAsync("run");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("waiting for another package installation to end", result.Errors, StringComparison.Ordinal);
        Assert.Equal(4, _machine.AptCalls.Length); // update: refused twice, then done; install
    }

    [Theory]
    [InlineData("echo 'E: Unable to fetch'; exit 100", "apt-get update failed")]
    [InlineData("[[ \"$*\" == *' install '* ]] && exit 100; exit 0", "apt-get install failed")]
    [InlineData("exit 0", "still missing after the installation: clang-19")]
    public async Task Setup_AptFails_SaysWhere(string apt, string message)
    {
        _machine.Absent("clang-19");
        _machine.Fake("apt-get", apt);

        ShellResult result = await _machine.RunAsync("run");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setup_NoApt_NamesThePackages()
    {
        _machine.Absent("clang-19");
        _machine.Remove("apt-get");

        await AssertFailsWith("there is no apt-get to install them: clang-19");
    }

    [Fact]
    public async Task Setup_List_ChecksNothing()
    {
        _machine.Fake("id", "echo 1000");

        ShellResult result = await _machine.RunAsync("--list", "build");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("clang-19\n", result.Output, StringComparison.Ordinal);
    }

    private async Task AssertFailsWith(string message)
    {
        ShellResult result = await _machine.RunAsync("run");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        string line = Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("setup: ", line, StringComparison.Ordinal);
        Assert.Contains(message, line, StringComparison.Ordinal);
        Assert.Empty(_machine.AptCalls);
    }
}
