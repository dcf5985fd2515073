// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Tasks;

/// <summary>The tables of cron and anacron, and the folders of scripts. Source: crontab(5), cron(8), anacrontab(5).</summary>
internal static class CronTables
{
    private const int MaxFiles = 1024;
    private const int MaxTasksOfFile = 1024;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_\"'");

    private static readonly string[] Periods = ["hourly", "daily", "weekly", "monthly", "yearly"];

    // Debian's and SUSE's, Red Hat's, Alpine's.
    private static readonly string[] Spools = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs"];

    // Read as they are asked for, so that whoever has enough of them leaves the rest unread. Whose table one of a spool is says its name.
    public static IEnumerable<CronTask> Read(SensorRun run) =>
        Table(run, "/etc/crontab", null)
            .Concat(Anacron(run, "/etc/anacrontab"))
            .Concat(Files(run, "/etc/cron.d").SelectMany(name => Table(run, "/etc/cron.d/" + name, null)))
            .Concat(Spools.SelectMany(spool => Files(run, spool).SelectMany(name => Table(run, $"{spool}/{name}", name))))
            .Concat(Periods.SelectMany(period => Scripts(run, period)));

    // Shape: five fields or one with an at sign, then the user (where the table is not somebody's own), then the command.
    private static IEnumerable<CronTask> Table(SensorRun run, string path, string? user)
    {
        foreach ((int number, string[] words) in Rows(run, path))
        {
            int fields = words[0].StartsWith('@') ? 1 : 5;
            int command = fields + (user is null ? 1 : 0);
            if (words.Length > command)
            {
                yield return new CronTask
                {
                    Schedule = string.Join(' ', words[..fields]),
                    User = user ?? words[fields],
                    Program = Program(words[command..]),
                    Source = path,
                    Line = number,
                };
            }
            else
            {
                run.Problem($"{path}: line {number} is no task");
            }
        }
    }

    // Shape: PERIOD DELAY NAME COMMAND.
    private static IEnumerable<CronTask> Anacron(SensorRun run, string path) =>
        Rows(run, path).Where(row => row.Words.Length > 3)
            .Select(row => new CronTask { Schedule = "every " + row.Words[0] + " days", User = "root", Program = Program(row.Words[3..]), Source = path, Line = row.Number });

    private static IEnumerable<CronTask> Scripts(SensorRun run, string period) =>
        Files(run, "/etc/cron." + period).Select(name => $"/etc/cron.{period}/{name}")
            .Where(path => run.Root.TryGetFacts(path, out FileFacts facts) == ReadProblem.None && facts.IsRegular && (facts.Permissions & 0b001_001_001) != 0)
            .Select(path => new CronTask { Schedule = period, User = "root", Program = path, Source = path });

    // Comments, empty lines and variables (which may hold credentials) are passed over.
    private static List<(int Number, string[] Words)> Rows(SensorRun run, string path)
    {
        var rows = new List<(int, string[])>();
        string[] lines = run.Read(path, 256 << 10).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1].Trim();
            if (line.Length == 0 || line[0] == '#' || IsVariable(line))
            {
                continue;
            }

            if (rows.Count == MaxTasksOfFile)
            {
                run.Problem($"{path}: more than {MaxTasksOfFile} tasks, the rest is left out");
                break;
            }

            rows.Add((number, line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));
        }

        return rows;
    }

    private static bool IsVariable(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !line.AsSpan(0, equals).Trim().ContainsAnyExcept(NameCharacters);
    }

    // What stands before the program: tests of a shell are told as they begin, variables are not told.
    private static string Program(string[] words) => words.FirstOrDefault(word => !word.Contains('=', StringComparison.Ordinal)) ?? "…";

    // A folder beside the tables is none, and cron passes over what a package manager or an editor left.
    private static IEnumerable<string> Files(SensorRun run, string folder) =>
        run.List(folder, MaxFiles).Where(name => name[0] != '.' && !name.EndsWith('~') && !name.Contains(".dpkg-", StringComparison.Ordinal) && !name.EndsWith(".rpmsave", StringComparison.Ordinal)
            && run.Root.TryGetFacts($"{folder}/{name}", out FileFacts facts) == ReadProblem.None && facts.IsRegular);
}
