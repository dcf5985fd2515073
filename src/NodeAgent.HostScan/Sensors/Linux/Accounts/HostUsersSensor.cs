// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Accounts;

/// <summary>Who has an account, and whether a password protects it. Source: passwd(5), shadow(5), group(5), login.defs(5).</summary>
internal sealed class HostUsersSensor() : HostSensor<HostUsersSpec>(HostDataJsonContext.Readable.HostUsersSpec)
{
    private const string Passwd = "/etc/passwd";
    private const string Shadow = "/etc/shadow";
    private const string LoginDefinitions = "/etc/login.defs";
    private const int MaxUsers = 4096;
    private const int MaxMembers = 1024;
    private const int MaxFileBytes = 4 << 20;

    private static readonly string[] LoginKeys = ["ENCRYPT_METHOD", "PASS_MAX_DAYS", "PASS_MIN_DAYS", "PASS_WARN_AGE", "UMASK"];

    // Each can become root: by sudo, by starting a container with the host's files, by reading disks or the hashes of passwords.
    private static readonly string[] Privileged = ["admin", "disk", "docker", "incus-admin", "kvm", "libvirt", "lxd", "root", "shadow", "sudo", "wheel"];

    private static readonly string[] NoShells = ["nologin", "false", "sync", "halt", "shutdown", "true"];

    public override string Kind => "HostUsers";

    public override string Variable => "users";

    protected override HostUsersSpec? Read(SensorRun run)
    {
        HostFileBytes passwd = run.Read(Passwd, MaxFileBytes);
        if (!passwd.IsRead)
        {
            run.Problem("/etc/passwd is not there: the host has no accounts of its own, or they cannot be read");
            return null;
        }

        HostFileBytes shadow = run.Read(Shadow, MaxFileBytes);
        List<HostUser> users = Users(run, passwd, shadow.IsRead ? ShadowStates(shadow) : null);
        return new HostUsersSpec
        {
            Users = [.. users.OrderBy(user => user.Name, StringComparer.Ordinal).ThenBy(user => user.Line)],
            PrivilegedGroups = Groups(run, users),
            LoginSettings = Setting.Sorted(LoginSettings(run)),
            NodeName = run.NodeName,
        };
    }

    private static List<HostUser> Users(SensorRun run, in HostFileBytes passwd, Dictionary<string, string>? shadow)
    {
        var users = new List<HostUser>();
        int number = 0;
        foreach (string line in passwd.Lines)
        {
            number++;
            string[] fields = line.Split(':');
            if (line.Length == 0 || line[0] is '#' or '+' or '-')
            {
                continue;
            }

            if (fields.Length != 7 || fields[0].Length == 0 || !TryNumber(fields[2], out uint uid) || !TryNumber(fields[3], out uint gid))
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"{Passwd}: line {number} is no account"));
            }
            else if (users.Count == MaxUsers)
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"{Passwd}: more than {MaxUsers} accounts, the rest is left out"));
                break;
            }
            else
            {
                users.Add(new HostUser
                {
                    Name = fields[0],
                    Uid = uid,
                    Gid = gid,
                    Home = fields[5],
                    Shell = fields[6],
                    CanLogIn = !NoShells.Contains(fields[6][(fields[6].LastIndexOf('/') + 1)..]),
                    Password = fields[1] == "x" ? shadow is null ? "unknown" : shadow.GetValueOrDefault(fields[0], "locked") : StateOf(fields[1]) is "set" ? "setInPasswd" : StateOf(fields[1]),
                    Source = Passwd,
                    Line = number,
                });
            }
        }

        return users;
    }

    // The first entry of a name is the one in force. The hash itself leaves this method in no form.
    private static Dictionary<string, string> ShadowStates(in HostFileBytes shadow)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in shadow.Lines)
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && fields[0].Length > 0)
            {
                states.TryAdd(fields[0], StateOf(fields[1]));
            }
        }

        return states;
    }

    private static string StateOf(string password) => password.Length == 0 ? "empty" : password[0] is '!' or '*' || password == "x" ? "locked" : "set";

    private static List<PrivilegedGroup> Groups(SensorRun run, List<HostUser> users)
    {
        var groups = new List<PrivilegedGroup>();
        foreach (string line in run.Read("/etc/group", MaxFileBytes).Lines)
        {
            string[] fields = line.Split(':');
            if (fields.Length != 4 || !Privileged.Contains(fields[0]) || !TryNumber(fields[2], out uint gid))
            {
                continue;
            }

            var members = fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Concat(users.Where(user => user.Gid == gid).Select(user => user.Name!)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (members.Count > MaxMembers)
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"group {fields[0]}: more than {MaxMembers} members, the rest is left out"));
            }

            groups.Add(new PrivilegedGroup { Name = fields[0], Gid = gid, Members = [.. members.Take(MaxMembers)] });
        }

        return [.. groups.OrderBy(group => group.Name, StringComparer.Ordinal)];
    }

    // Shape: KEY VALUE; the first wins.
    private static List<HostSetting> LoginSettings(SensorRun run)
    {
        var settings = new List<HostSetting>();
        string[] lines = run.Read(LoginDefinitions, 256 << 10).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            string[] words = lines[number - 1].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && LoginKeys.Contains(words[0]) && settings.TrueForAll(setting => setting.Key != words[0]))
            {
                // A mask is octal, so it stays a text.
                settings.Add(words[0].StartsWith("PASS_", StringComparison.Ordinal) && long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long days)
                    ? Setting.Of(words[0], days, LoginDefinitions, number)
                    : Setting.Of(words[0], words[1], LoginDefinitions, number));
            }
        }

        return settings;
    }

    private static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
