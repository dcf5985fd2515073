// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using NodeAgent.StorageHost.Configuration;

namespace NodeAgent.StorageHost.Tests;

public sealed class RunTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("run")]
    [InlineData(null)]
    public async Task Run_UntilSigterm_ServesEndsWithZeroAndKeepsWhatItHas(string? command)
    {
        string[] arguments = command is null ? [] : [command];
        await using (StorageProcess first = await StorageProcess.StartAsync(_scratch.Path, arguments))
        {
            await first.CreateAsync("kept");
            Assert.Equal(0, await first.StopAsync());
            Assert.Contains("stopped at revision 2", first.Log, StringComparison.Ordinal);
        }

        await using StorageProcess second = await StorageProcess.StartAsync(_scratch.Path, arguments);
        Assert.Contains("\"name\":\"kept\"", await second.GetAsync($"{StorageProcess.Collection}/kept"), StringComparison.Ordinal);
        Assert.Equal("ok", await second.GetAsync("/readyz"));
    }

    [Fact]
    public async Task Run_DirectoryInUse_FailsInOneLine()
    {
        await using StorageProcess first = await StorageProcess.StartAsync(_scratch.Path);
        (int code, _, string errors) = await StorageProgram.RunAsync("--data-dir", _scratch.Path, "--listen", "127.0.0.1:0");

        Assert.Equal(1, code);
        Assert.Contains("error: another process uses the storage", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortInUse_NamesTheSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        (int code, _, string errors) = await StorageProgram.RunAsync("--data-dir", _scratch.Path, "--listen", taken.LocalEndpoint.ToString()!);

        Assert.Equal(1, code);
        Assert.Contains("setting 'listen.address': cannot listen on", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen", "nonsense", "setting 'listen.address' (flag --listen)")]
    [InlineData("--max-request-size", "1", "at least 1KiB")]
    public async Task Run_WrongSetting_SaysWhichAndWhy(string flag, string value, string expected)
    {
        (int code, _, string errors) = await StorageProgram.RunAsync("run", flag, value);

        Assert.Equal(1, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ConfigurationFile_IsRead()
    {
        string file = _scratch.Write("storage.yaml", "listen:\n  address: nonsense\n");
        (int code, _, string errors) = await StorageProgram.RunAsync("--config", file);

        Assert.Equal(1, code);
        Assert.Contains($"{file}, line 2", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfRun_ListsEverySetting()
    {
        (int code, string output, _) = await StorageProgram.RunAsync("run", "--help");

        Assert.Equal(0, code);
        Assert.All(HostSettings.All, setting => Assert.Contains($"{setting.Flag} <", output, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_ShownValue_IsReadBackAsItself()
    {
        foreach (var setting in HostSettings.All)
        {
            var options = new HostOptions();
            string shown = setting.Show(options);
            setting.Apply(options, shown);

            Assert.Equal(shown, setting.Show(options));
        }

        Assert.Equal(HostSettings.All.Count, HostSettings.All.Select(s => s.Key).Distinct().Count());
        Assert.Equal(HostSettings.All.Count, HostSettings.All.Select(s => s.Flag).Distinct().Count());
    }
}
