// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Sudo;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Sudo;

public sealed class SudoSensorTests : IDisposable
{
    private const string Rules = """
        # comment
        Defaults	env_reset, !use_pty
        Defaults:alice !authenticate
        Defaults logfile="/var/log/sudo, all.log"
        Defaults secure_path="/usr/sbin:/usr/bin"
        Cmnd_Alias SHELLS = /bin/sh, /bin/bash : EVERYTHING = SHELLS, ALL
        User_Alias ADMINS = alice, bob
        root	ALL=(ALL:ALL) ALL
        %sudo   ALL=(ALL:ALL) ALL
        ADMINS, #1000 ALL = (root) NOPASSWD: /usr/bin/systemctl restart *, \
            /usr/bin/id
        carol web1,web2 = NOPASSWD: EVERYTHING
        dave ALL = /usr/bin/ls
        %wheel ALL=(ALL) SETENV: NOPASSWD: ALL
        """;

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Rules_TellWhoMayWhatWithoutAPassword()
    {
        _tree.File("/etc/sudoers", Rules);

        (SudoRulesSpec spec, string? problems) = Read();

        Assert.Null(problems);
        Assert.Equal(
            [
                "8 root ALL ALL:ALL [ALL] False True", "9 %sudo ALL ALL:ALL [ALL] False True", "10 ADMINS, #1000 ALL root [NOPASSWD: /usr/bin/systemctl restart *, /usr/bin/id] True False",
                "12 carol web1,web2  [NOPASSWD: EVERYTHING] True True", "13 dave ALL  [/usr/bin/ls] False False", "14 %wheel ALL ALL [SETENV: NOPASSWD: ALL] True True",
            ],
            spec.Rules!.Select(rule => $"{rule.Line} {rule.Who} {rule.Hosts} {rule.RunAs} [{rule.Commands!.Split(") ")[^1]}] {rule.NoPassword} {rule.AllCommands}"));
        Assert.Equal(
            ["authenticate:alice=False 3", "env_reset=True 2", "logfile=/var/log/sudo, all.log 4", "secure_path=/usr/sbin:/usr/bin 5", "use_pty=False 2"],
            spec.Defaults!.Select(setting => $"{setting.Key}={setting.Value} {setting.Line}"));
    }

    [Fact]
    public void Read_Includes_AreReadInTheirPlace()
    {
        _tree.File("/etc/sudoers", "#includedir /etc/sudoers.d\n@include local-%h\nlast ALL=ALL\n").File("/etc/hostname", "node1.example\n").File("/etc/local-node1", "host ALL=ALL\n")
            .File("/etc/sudoers.d/20", "second ALL=ALL\n").File("/etc/sudoers.d/10", "first ALL=ALL\n").File("/etc/sudoers.d/README.md", "no ALL=ALL\n").File("/etc/sudoers.d/10~", "no ALL=ALL\n");

        (SudoRulesSpec spec, _) = Read();

        Assert.Equal(["first", "second", "host", "last"], spec.Rules!.Select(rule => rule.Who));
        Assert.Equal(["/etc/sudoers", "/etc/sudoers.d/10", "/etc/sudoers.d/20", "/etc/local-node1"], spec.Files);
    }

    [Fact]
    public void Read_SecretsInCommands_AreNotTold()
    {
        _tree.File("/etc/sudoers", "dba ALL = /usr/bin/dump --password canary --all, /usr/bin/push --token=canary https://me:canary@example\n");

        Assert.Equal("/usr/bin/dump --password <redacted> --all, /usr/bin/push --token=<redacted> https://me:<redacted>@example", Assert.Single(Read().Spec.Rules!).Commands);
    }

    [Fact]
    public void Read_CirclesAndGarbage_HaveAnEnd()
    {
        _tree.File("/etc/sudoers", "@includedir /etc/sudoers.d\nwhat is this\nCmnd_Alias A = B\nCmnd_Alias B = A\nx ALL = A\n((((\n\\").File("/etc/sudoers.d/a", "@includedir /etc/sudoers.d\n").File("/etc/sudoers.d/b", "@include /etc/sudoers\n");

        (SudoRulesSpec spec, string? problems) = Read();

        Assert.Contains(spec.Rules!, rule => rule.Who == "x" && rule.AllCommands == false);
        Assert.Contains("line 2 is no rule", problems, StringComparison.Ordinal);
        Assert.Contains("the rest was not read", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostWithoutSudo_HasNone() => Assert.Null(SensorScan.Of(new SudoSensor(), HostDataJsonContext.Readable.SudoRulesSpec, _tree).Spec);

    // sudo's own reader of such files writes JSON.
    [Fact]
    public void Read_TheSameFile_SudoFindsTheSame()
    {
        _tree.File("/etc/sudoers", Rules + "\n");
        (int code, string said) = AdministratorTool.Run("cvtsudoers", "-f", "json", _tree.At("/etc/sudoers"));
        Assert.True(code == 0, said);
        using JsonDocument asked = JsonDocument.Parse(said[said.IndexOf('{', StringComparison.Ordinal)..]);

        IEnumerable<string> expected = asked.RootElement.GetProperty("User_Specs").EnumerateArray().Select(rule =>
        {
            JsonElement[] commands = [.. rule.GetProperty("Cmnd_Specs").EnumerateArray()];
            bool isFree = commands.Any(command => command.TryGetProperty("Options", out JsonElement options) && options.EnumerateArray().Any(option => option.TryGetProperty("authenticate", out JsonElement asks) && !asks.GetBoolean()));
            return $"{rule.GetProperty("User_List").GetArrayLength()} {isFree}";
        });
        Assert.Equal(expected, Read().Spec.Rules!.Select(rule => $"{rule.Who!.Split(',').Length} {rule.NoPassword}"));
    }

    private (SudoRulesSpec Spec, string? Problems) Read()
    {
        (SudoRulesSpec? spec, string? problems) = SensorScan.Of(new SudoSensor(), HostDataJsonContext.Readable.SudoRulesSpec, _tree);
        return (spec!, problems);
    }
}
