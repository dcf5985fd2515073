// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Sudo;

/// <summary>Who may run what as whom. Source: sudoers(5).</summary>
internal sealed partial class SudoSensor() : HostSensor<SudoRulesSpec>(HostDataJsonContext.Readable.SudoRulesSpec)
{
    private const string Sudoers = "/etc/sudoers";
    private const int MaxRules = 2048;
    private const int MaxDefaults = 512;
    private const int MaxAliasDepth = 8;

    public override string Kind => "SudoRules";

    public override string Variable => "sudo";

    public override bool IsEverywhere => false;

    protected override SudoRulesSpec? Read(SensorRun run)
    {
        if (run.Root.TryGetFacts(Sudoers, out _) == ReadProblem.Missing)
        {
            return null;
        }

        var files = new SudoersFiles(run, run.Root.ReadLine("/etc/hostname")?.Split('.')[0] ?? string.Empty);
        files.Read(Sudoers);
        Dictionary<string, string> aliases = CommandAliases(files.Lines);
        var rules = new List<SudoRule>();
        var defaults = new List<HostSetting>();
        foreach (SudoersLine line in files.Lines)
        {
            if (line.Text.StartsWith("Defaults", StringComparison.Ordinal))
            {
                AddDefaults(line, defaults);
            }
            else if (!Alias().IsMatch(line.Text))
            {
                AddRules(run, line, aliases, rules);
            }
        }

        Bound(run, "rules", rules, MaxRules);
        Bound(run, "defaults", defaults, MaxDefaults);
        return new SudoRulesSpec { Rules = rules, Defaults = Setting.Sorted(defaults), Files = files.Files, NodeName = run.NodeName };
    }

    private static void Bound<T>(SensorRun run, string what, List<T> list, int most)
    {
        if (list.Count > most)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"sudo: {list.Count} {what}, only {most} are told"));
            list.RemoveRange(most, list.Count - most);
        }
    }

    // Shape: Cmnd_Alias NAME = a, b : NAME = c.
    private static Dictionary<string, string> CommandAliases(IEnumerable<SudoersLine> lines)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SudoersLine line in lines.Where(line => CommandAlias().IsMatch(line.Text)))
        {
            foreach (string definition in SplitOutsideBrackets(line.Text[line.Text.IndexOf(' ', StringComparison.Ordinal)..], ':'))
            {
                string[] sides = definition.Split('=', 2, StringSplitOptions.TrimEntries);
                if (sides.Length == 2)
                {
                    aliases[sides[0].TrimEnd('+').TrimEnd()] = sides[1];
                }
            }
        }

        return aliases;
    }

    // Shape: Defaults !authenticate, logfile="/var/log/sudo.log". Those of some users, hosts or commands only (Defaults:who) are named with them.
    private static void AddDefaults(SudoersLine line, List<HostSetting> defaults)
    {
        string rest = line.Text["Defaults".Length..];
        int end = rest.AsSpan().IndexOfAny(' ', '\t');
        if (end < 0)
        {
            return;
        }

        string scope = rest[..end];
        foreach (string part in SplitOutsideBrackets(rest[end..], ','))
        {
            Match match = Option().Match(part.Trim());
            if (match.Success)
            {
                string key = match.Groups["name"].Value + scope;
                defaults.Add(match.Groups["value"].Success
                    ? Setting.Of(key, match.Groups["value"].Value.Trim().Trim('"'), line.Path, line.Number)
                    : Setting.Of(key, match.Groups["not"].Length % 2 == 0, line.Path, line.Number));
            }
        }
    }

    // Shape: WHO HOSTS = (AS) TAG: COMMANDS : HOSTS = COMMANDS.
    private static void AddRules(SensorRun run, SudoersLine line, Dictionary<string, string> aliases, List<SudoRule> rules)
    {
        Match match = Rule().Match(line.Text);
        if (!match.Success)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"{line.Path}: line {line.Number} is no rule"));
            return;
        }

        string commands = match.Groups["commands"].Value.Trim();
        rules.Add(new SudoRule
        {
            Who = Blanks().Replace(match.Groups["who"].Value.Trim(), " "),
            Hosts = Blanks().Replace(match.Groups["hosts"].Value.Trim(), " "),
            RunAs = RunAs().Match(commands) is { Success: true } runAs ? runAs.Groups[1].Value.Trim() : null,
            Commands = Redaction.CommandLine(Blanks().Replace(commands, " ").Split(' ')),
            NoPassword = NoPassword().IsMatch(commands),
            AllCommands = IsAll(commands, aliases, 0),
            Source = line.Path,
            Line = line.Number,
        });
    }

    private static bool IsAll(string commands, Dictionary<string, string> aliases, int depth)
    {
        foreach (string part in SplitOutsideBrackets(commands, ','))
        {
            string command = Prefix().Replace(part, string.Empty).Trim();
            if (command == "ALL" || (depth < MaxAliasDepth && aliases.TryGetValue(command, out string? definition) && IsAll(definition, aliases, depth + 1)))
            {
                return true;
            }
        }

        return false;
    }

    private static List<string> SplitOutsideBrackets(string text, char separator)
    {
        var parts = new List<string>();
        (int begin, int depth, bool isQuoted) = (0, 0, false);
        for (int i = 0; i < text.Length; i++)
        {
            isQuoted ^= text[i] == '"';
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == separator && depth <= 0 && !isQuoted && (i == 0 || text[i - 1] != '\\'))
            {
                parts.Add(text[begin..i]);
                begin = i + 1;
            }
        }

        parts.Add(text[begin..]);
        return parts;
    }

    [GeneratedRegex(@"^(User|Runas|Host|Cmnd|Cmd)_Alias\s", RegexOptions.CultureInvariant)]
    private static partial Regex Alias();

    [GeneratedRegex(@"^(Cmnd|Cmd)_Alias\s", RegexOptions.CultureInvariant)]
    private static partial Regex CommandAlias();

    [GeneratedRegex(@"^(?<not>!*)\s*(?<name>\w+)\s*([+-]?=\s*(?<value>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    // A list of users has blanks only around commas; what follows it are hosts.
    [GeneratedRegex(@"^(?<who>(""[^""]*""|[^\s,]|\\.|\s*,\s*)+)\s+(?<hosts>[^=]+?)\s*=(?<commands>.+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\(([^)]*)\)", RegexOptions.CultureInvariant)]
    private static partial Regex RunAs();

    [GeneratedRegex(@"\bNOPASSWD\s*:", RegexOptions.CultureInvariant)]
    private static partial Regex NoPassword();

    // Whom it runs as, options, and tags: (ALL) TIMEOUT=1d NOPASSWD: SETENV:
    [GeneratedRegex(@"^(\s*\([^)]*\)|\s*(ROLE|TYPE|CWD|CHROOT|NOTBEFORE|NOTAFTER|TIMEOUT|APPARMOR_PROFILE|PRIVS|LIMITPRIVS)=\S+\s|\s*[A-Z_]+\s*:)*", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
