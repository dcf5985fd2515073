// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors.Linux.Accounts;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Accounts;

public sealed class HostUsersSensorTests : IDisposable
{
    private const string Hash = "$y$j9T$canarycanary$canaryhash";

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Accounts_TellHowPasswordsAreAndNeverAHash()
    {
        _tree.File("/etc/passwd", $"root:x:0:0:root:/root:/bin/bash\ntoor:{Hash}:0:0::/:/bin/sh\nopen:x:1000:27::/home/open:/bin/zsh\nfree::1001:100::/:/bin/sh\nsvc:x:999:999::/:/usr/sbin/nologin\nnone:x:5:5::/:/bin/sh\n+::::::\n# x\n")
            .File("/etc/shadow", $"root:{Hash}:19000:0:99999:7:::\nopen::19000:::::\nsvc:!*:19000:::::\nroot::1:::::\nhalf")
            .File("/etc/group", "root:x:0:\nsudo:x:27:alice,bob,alice\ndocker:x:998:carol\nusers:x:100:\nbroken\n")
            .File("/etc/login.defs", "# PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t99999\nUMASK 022\nPASS_MAX_DAYS 5\nENCRYPT_METHOD YESCRYPT\n");

        (HostUsersSpec spec, string? problems) = Read();

        Assert.Equal(
            ["free 1001 empty True", "none 5 locked True", "open 1000 empty True", "root 0 set True", "svc 999 locked False", "toor 0 setInPasswd True"],
            spec.Users!.Select(user => $"{user.Name} {user.Uid} {user.Password} {user.CanLogIn}"));
        Assert.Equal(["docker carol", "root root,toor", "sudo alice,bob,open"], spec.PrivilegedGroups!.Select(group => $"{group.Name} {string.Join(',', group.Members!)}"));
        Assert.Equal(["ENCRYPT_METHOD YESCRYPT 5", "PASS_MAX_DAYS 99999 2", "UMASK 022 3"], spec.LoginSettings!.Select(setting => $"{setting.Key} {setting.Value} {setting.Line}"));
        Assert.Null(problems);
        using HostRoot root = _tree.Open();
        Assert.DoesNotContain("canary", SensorScan.Document(new HostUsersSensor(), root).Spec!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadLines_AreSaidByNumberAndNotByContent()
    {
        _tree.File("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\ncanary:x:-1:0:::\ncanary:x:99999999999:0:::\n:x:1:1:::\nx\n").File("/etc/shadow", new byte[] { 0xff, 0, (byte)':' });

        (HostUsersSpec spec, string? problems) = Read();

        Assert.Equal("root", Assert.Single(spec.Users!).Name);
        Assert.Equal("/etc/passwd: line 2 is no account; /etc/passwd: line 3 is no account; /etc/passwd: line 4 is no account; /etc/passwd: line 5 is no account", problems);
    }

    [Fact]
    public void Read_WithoutShadow_DoesNotKnow()
    {
        _tree.File("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");

        Assert.Equal("unknown", Assert.Single(Read().Spec.Users!).Password);
    }

    [Fact]
    public void Read_VeryManyAccounts_AreBounded()
    {
        _tree.File("/etc/passwd", string.Concat(Enumerable.Range(1, 5000).Select(number => $"u{number}:x:{number}:1::/:/bin/sh\n")));

        (HostUsersSpec spec, string? problems) = Read();

        Assert.Equal(4096, spec.Users!.Count);
        Assert.Contains("more than 4096 accounts", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ThisMachine_EqualsGetentAndPasswd()
    {
        (HostUsersSpec? spec, _) = SensorScan.OfMachine(new HostUsersSensor(), HostDataJsonContext.Readable.HostUsersSpec);
        IEnumerable<string> asked = AdministratorTool.Lines("getent", "-s", "files", "passwd").Select(line => line.Split(':')).Select(fields => $"{fields[0]} {fields[2]} {fields[3]} {fields[5]} {fields[6]}");

        Assert.Equal(asked.Order(StringComparer.Ordinal), spec!.Users!.Select(user => $"{user.Name} {user.Uid} {user.Gid} {user.Home} {user.Shell}").Order(StringComparer.Ordinal));
        // Shape: NAME STATUS …, where L is locked, P has a password and NP needs none.
        var states = AdministratorTool.Lines("passwd", "-Sa").Select(line => line.Split(' ')).ToDictionary(fields => fields[0], fields => fields[1] switch { "L" => "locked", "P" => "set", _ => "empty" });
        Assert.All(spec.Users!, user => Assert.Equal($"{user.Name} {states[user.Name!]}", $"{user.Name} {user.Password}"));
    }

    private (HostUsersSpec Spec, string? Problems) Read()
    {
        (HostUsersSpec? spec, string? problems) = SensorScan.Of(new HostUsersSensor(), HostDataJsonContext.Readable.HostUsersSpec, _tree);
        return (spec!, problems);
    }
}
