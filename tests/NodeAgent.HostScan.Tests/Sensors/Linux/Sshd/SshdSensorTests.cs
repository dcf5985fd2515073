// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Sshd;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Sshd;

public sealed class SshdSensorTests : IDisposable
{
    private const string Main = "/etc/ssh/sshd_config";

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Configuration_FirstValueWinsInTheOrderOfIncludes()
    {
        _tree.File(Main, "# first\nInclude sshd_config.d/*.conf /etc/ssh/more\nPermitRootLogin yes\nport 2222\nPort 22 # second\nX11Forwarding=yes\nAllowUsers a b\nAllowUsers \"c d\"\nBanner \"/etc/issue net\"\nNoSuchThing 1\n")
            .File("/etc/ssh/sshd_config.d/20.conf", "PermitRootLogin no\nMaxAuthTries 3\n").File("/etc/ssh/sshd_config.d/10.conf", "permitrootlogin\twithout-password\nLoginGraceTime 1m30s\n")
            .File("/etc/ssh/sshd_config.d/.hidden.conf", "PasswordAuthentication no\n").File("/etc/ssh/sshd_config.d/readme", "PasswordAuthentication no\n").File("/etc/ssh/more", "LogLevel verbose\n");

        (SshdSettingsSpec spec, string? problems) = Read();

        Assert.Equal("prohibit-password /etc/ssh/sshd_config.d/10.conf:1", Setting(spec, "permitrootlogin"));
        Assert.Equal("90 /etc/ssh/sshd_config.d/10.conf:2", Setting(spec, "logingracetime"));
        Assert.Equal("3 /etc/ssh/sshd_config.d/20.conf:2", Setting(spec, "maxauthtries"));
        Assert.Equal("VERBOSE /etc/ssh/more:1", Setting(spec, "loglevel"));
        Assert.Equal("yes default:", Setting(spec, "passwordauthentication"));
        Assert.Equal("""["2222","22"] /etc/ssh/sshd_config:4""", Setting(spec, "port"));
        Assert.Equal("yes /etc/ssh/sshd_config:6", Setting(spec, "x11forwarding"));
        Assert.Equal("""["a","b","c d"] /etc/ssh/sshd_config:7""", Setting(spec, "allowusers"));
        Assert.Equal("/etc/issue net /etc/ssh/sshd_config:9", Setting(spec, "banner"));
        Assert.Equal([Main, "/etc/ssh/sshd_config.d/10.conf", "/etc/ssh/sshd_config.d/20.conf", "/etc/ssh/more"], spec.Files);
        Assert.Equal(spec.Settings!.Select(setting => setting.Key).Order(StringComparer.Ordinal), spec.Settings!.Select(setting => setting.Key));
        Assert.Null(problems);
    }

    // A Match ends with its file, and what it says holds for its connections only.
    [Fact]
    public void Read_MatchBlocks_StandApart()
    {
        _tree.File(Main, "Include /etc/ssh/a.conf\nPermitRootLogin no\nMatch User backup Address 10.0.0.0/8\n  PermitRootLogin yes\n  Include /etc/ssh/b.conf\nMatch all\nMaxSessions 4\n")
            .File("/etc/ssh/a.conf", "Match Group wheel\nPasswordAuthentication no\n").File("/etc/ssh/b.conf", "ForceCommand /bin/backup --all\n");

        (SshdSettingsSpec spec, _) = Read();

        Assert.Equal("no /etc/ssh/sshd_config:2", Setting(spec, "permitrootlogin"));
        Assert.Equal("4 /etc/ssh/sshd_config:7", Setting(spec, "maxsessions"));
        Assert.Equal(
            ["Group wheel /etc/ssh/a.conf:1 passwordauthentication=no", "User backup Address 10.0.0.0/8 /etc/ssh/sshd_config:3 forcecommand=/bin/backup --all,permitrootlogin=yes"],
            spec.Matches!.Select(match => $"{match.Criteria} {match.Source}:{match.Line} {string.Join(',', match.Settings!.Select(setting => $"{setting.Key}={setting.Value}"))}"));
    }

    [Fact]
    public void Read_IncludesInACircle_HaveAnEnd()
    {
        _tree.File(Main, "Include /etc/ssh/d/*.conf\nPermitRootLogin no\n").File("/etc/ssh/d/a.conf", "Include /etc/ssh/d/*.conf\n").File("/etc/ssh/d/b.conf", "Include d/*.conf\nMaxAuthTries many\n").Link("/etc/ssh/d/c.conf", "c.conf");

        (SshdSettingsSpec spec, string? problems) = Read();

        Assert.Equal("no /etc/ssh/sshd_config:2", Setting(spec, "permitrootlogin"));
        Assert.Contains("deeper than 16", problems, StringComparison.Ordinal);
        Assert.Contains("more than 512 files", problems, StringComparison.Ordinal);
        Assert.Equal(512, spec.Files!.Count);
    }

    [Fact]
    public void Read_BadValues_AreSaidAndNotTaken()
    {
        _tree.File(Main, "MaxAuthTries many\nMaxAuthTries\nLoginGraceTime 5x\nMaxAuthTries 4\n\"\nBanner \"never closed\n\u0000\u0001\n");

        (SshdSettingsSpec spec, string? problems) = Read();

        Assert.Equal("4 /etc/ssh/sshd_config:4", Setting(spec, "maxauthtries"));
        Assert.Equal("120 default:", Setting(spec, "logingracetime"));
        Assert.Contains("sshd_config: line 1: no value of maxauthtries", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CommandLine_ComesFirst()
    {
        _tree.File(Main, "PermitRootLogin no\n").File("/srv/other", "PermitRootLogin yes\nMaxSessions 2\n")
            .Process(10, "/usr/sbin/sshd", ["sshd: /usr/sbin/sshd -D -f /srv/other -oPasswordAuthentication=no -p 2200 [listener] 0 of 10-100 startups"]);

        (SshdSettingsSpec spec, _) = Read();

        Assert.Equal("no command line:", Setting(spec, "passwordauthentication"));
        Assert.Equal("""["2200"] command line:""", Setting(spec, "port"));
        Assert.Equal("yes /srv/other:1", Setting(spec, "permitrootlogin"));
    }

    [Theory]
    [InlineData("OpenSSH_6.6.1p1", "6.6.1p1", "yes", "yes")]
    [InlineData("OpenSSH_9.2p1 Debian", "9.2p1", "prohibit-password", "no")]
    [InlineData("OpenSSH_: OpenSSH_x OpenSSH_10.0p2", "10.0p2", "prohibit-password", "no")]
    [InlineData("OpenSSH_6.6.1* OpenSSH_2.5.0p1*,OpenSSH_9.2 %s OpenSSH_9.2p1", "9.2p1", "prohibit-password", "no")]
    [InlineData("OpenSSH_9.2 OpenSSH_", "9.2", "prohibit-password", "no")]
    [InlineData("nothing", null, "prohibit-password", "no")]
    public void Read_Defaults_AreThoseOfTheVersion(string program, string? version, string rootLogin, string dns)
    {
        _tree.File(Main, "").File("/usr/sbin/sshd", program + "\0");

        (SshdSettingsSpec spec, _) = Read();

        Assert.Equal(version, spec.Version);
        Assert.Equal($"{rootLogin} default:", Setting(spec, "permitrootlogin"));
        Assert.Equal($"{dns} default:", Setting(spec, "usedns"));
    }

    [Fact]
    public void Read_HostWithoutSshd_HasNone()
    {
        (SshdSettingsSpec? spec, string? problems) = SensorScan.Of(new SshdSensor(), HostDataJsonContext.Readable.SshdSettingsSpec, _tree);

        Assert.Null(spec);
        Assert.Null(problems);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Include INCLUDED\nPermitRootLogin yes\nUsePAM yes\nClientAliveInterval 5m\nSubsystem sftp internal-sftp -l INFO\nMaxStartups 5:50:20\nMatch User x\nPermitRootLogin yes\nMatch all\nMaxSessions 3\n")]
    public void Read_ThisMachinesSshd_SaysTheSame(string configuration)
    {
        const string program = "/usr/sbin/sshd";
        Assert.SkipUnless(System.IO.File.Exists(program) && Environment.IsPrivilegedProcess, "no sshd is installed, or it does not show its settings to users");
        using var outside = new HostTree();
        // sshd opens the same path that the scanner sees below its root.
        string included = outside.At("/included.conf");
        outside.File("/included.conf", "PermitRootLogin no\nKbdInteractiveAuthentication no\nMatch Group y\nX11Forwarding yes\n").File("/sshd_config", configuration.Replace("INCLUDED", included, StringComparison.Ordinal));
        _tree.File(Main, System.IO.File.ReadAllText(outside.At("/sshd_config"))).File(included, System.IO.File.ReadAllText(included)).File(program, System.IO.File.ReadAllBytes(program));
        AdministratorTool.Lines("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", outside.At("/key"));
        Directory.CreateDirectory("/run/sshd");

        ILookup<string, string> asked = AdministratorTool.Lines(program, "-T", "-f", outside.At("/sshd_config"), "-h", outside.At("/key"))
            .Select(line => line.Split(' ', 2)).ToLookup(line => line[0], line => line[1]);
        (SshdSettingsSpec spec, string? problems) = Read();

        Assert.Null(problems);
        var told = spec.Settings!.ToDictionary(setting => setting.Key!, setting => setting.Value!.Value);
        // Printed per address, and algorithms by what the program has built in.
        string[] different = ["listenaddress"];
        Assert.All(asked.Where(line => told.ContainsKey(line.Key) && !different.Contains(line.Key)), line =>
        {
            string value = told[line.Key].ValueKind == System.Text.Json.JsonValueKind.Array ? string.Join('|', told[line.Key].EnumerateArray()) : told[line.Key].ToString();
            Assert.Equal($"{line.Key} {string.Join('|', line).Replace("without-password", "prohibit-password", StringComparison.Ordinal)}", $"{line.Key} {value}");
        });
        Assert.True(asked.Count(line => told.ContainsKey(line.Key)) > 35);
    }

    private static string Setting(SshdSettingsSpec spec, string key)
    {
        HostSetting setting = spec.Settings!.Single(setting => setting.Key == key);
        return $"{setting.Value} {setting.Source}:{setting.Line}";
    }

    private (SshdSettingsSpec Spec, string? Problems) Read()
    {
        (SshdSettingsSpec? spec, string? problems) = SensorScan.Of(new SshdSensor(), HostDataJsonContext.Readable.SshdSettingsSpec, _tree);
        return (spec!, problems);
    }
}
