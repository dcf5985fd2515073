// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Tests.Agent;

/// <summary>What is wrong is said in one line that names it; the exit code is not 0.</summary>
[Trait("Level", "Integration")]
public sealed class StartErrorTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public StartErrorTests() => AgentProgram.SkipUnlessBuilt();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_UnknownKeyInTheFile_NamesKeyAndLine()
    {
        string file = _data.Write("config.yaml", "profiles:\n  learningPeriods: 1h\n");

        await AssertRefusedAsync(["--config", file], "'profiles.learningPeriods'", "line 2", "did you mean 'profiles.learningPeriod'");
    }

    [Theory]
    [InlineData("--learning-period", "soon", "'profiles.learningPeriod'")]
    [InlineData("--shards", "3", "'bpf.shards'")]
    [InlineData("--ops-address", "localhost", "'operations.address'")]
    [InlineData("--log-level", "7", "'logLevel'")]
    public async Task Run_BadFlagValue_NamesSettingAndFlag(string flag, string value, string setting) =>
        await AssertRefusedAsync([flag, value], setting, $"(flag {flag})", $"'{value}'");

    [Fact]
    public async Task Run_UnknownFlag_IsRefused()
    {
        ShellResult result = await RunAsync("--lerning-period", "1h");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("--lerning-period", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MissingConfiguration_NamesTheFile() =>
        await AssertRefusedAsync(["--config", "/does/not/exist.yaml"], "/does/not/exist.yaml");

    [Fact]
    public async Task Run_DisabledSensorOfNoName_IsRefused()
    {
        AgentProgram.SkipUnlessItCanWatch();

        await AssertRefusedAsync(["--disable-sensors", "dns,nosuchsensor"], "nosuchsensor");
    }

    [Fact]
    public async Task Run_FlagTwice_IsRefused() =>
        await AssertRefusedAsync(["--shards", "1", "--shards", "2"], "flag --shards is there 2 times");

    [Fact]
    public async Task Run_SensorVariantOfNoName_IsRefused()
    {
        AgentProgram.SkipUnlessItCanWatch();

        await AssertRefusedAsync(["--sensor-variant", "cgroup=tracepoint", "--sensor-variant", "file=nosuchway"], "sensor file has no variant \"nosuchway\"");
    }

    [Theory]
    [InlineData("--ops-address", "'operations.address'")]
    [InlineData("--storage-address", "'storage.address'")]
    public async Task Run_PortInUse_NamesSettingAndAddress(string flag, string setting)
    {
        AgentProgram.SkipUnlessItCanWatch();
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        string address = holder.LocalEndpoint.ToString()!;

        await AssertRefusedAsync([flag, address], setting, address);
    }

    [Theory]
    [InlineData("--ops-address", "'operations.address'")]
    [InlineData("--storage-address", "'storage.address'")]
    public async Task Run_AddressOfNoInterface_NamesSettingAndAddress(string flag, string setting)
    {
        AgentProgram.SkipUnlessItCanWatch();

        await AssertRefusedAsync([flag, "192.0.2.1:9999"], setting, "192.0.2.1:9999");
    }

    [Fact]
    public async Task Run_WithoutCapabilities_SaysWhatIsMissing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "privileges can only be dropped by root");
        string[] drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
        ShellResult probe = await ShellProcess.RunAsync(drop[0], [.. drop[1..], "true"], null, TestContext.Current.CancellationToken);
        Assert.SkipUnless(probe.ExitCode == 0, $"setpriv cannot drop capabilities: {probe.All.Trim()}");

        ShellResult result = await AgentProgram.RunBelowAsync(drop, "run", "--data-dir", _data["data"], "--log-level", "None");

        AssertOneLine(result, "privilege");
    }

    [Fact]
    public async Task Run_AsNobody_SaysWhatIsMissing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "another user can only be become by root");
        string[] nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        ShellResult probe = await AgentProgram.RunBelowAsync(nobody, "--version");
        Assert.SkipUnless(probe.ExitCode == 0, $"nobody cannot start {AgentProgram.Path} here: {probe.All.Trim().Split('\n')[0]}");
        File.SetUnixFileMode(_data.Path, (UnixFileMode)0b111_111_111);

        ShellResult result = await AgentProgram.RunBelowAsync(nobody, "run", "--data-dir", _data["data"], "--log-level", "None");

        AssertOneLine(result);
    }

    private async Task AssertRefusedAsync(string[] arguments, params string[] named)
    {
        ShellResult result = await RunAsync(arguments);
        AssertOneLine(result, named);
    }

    private Task<ShellResult> RunAsync(params string[] arguments)
    {
        // Defaults first: what the test says of the same setting must win, so it is not said twice.
        string[] free = [.. ((string[])["--ops-address", "--storage-address"]).Except(arguments).SelectMany(f => new[] { f, "127.0.0.1:0" })];
        string[] quiet = arguments.Contains("--log-level") ? [] : ["--log-level", "None"];
        return AgentProgram.RunAsync(["run", "--data-dir", _data["data"], "--alerts-stdout", "false", .. free, .. quiet, .. arguments]);
    }

    private static void AssertOneLine(ShellResult result, params string[] named)
    {
        Assert.True(result.ExitCode == 1, string.Create(CultureInfo.InvariantCulture, $"exit code {result.ExitCode}: {result.All}"));
        string line = Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.All(named, text => Assert.Contains(text, line, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(result.Output);
    }
}
