// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.IO.Enumeration;
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Linux.Sshd;

/// <summary>Reads sshd_config with what it includes, as sshd does: the first value of a keyword is the one in force.</summary>
/// <remarks>Errors: what sshd would refuse, and what has no end, is said to the run. Source: sshd_config(5), servconf.c.</remarks>
internal sealed class SshdConfiguration(SensorRun run)
{
    // As sshd's SERVCONF_MAX_DEPTH; and so many files, since each may include all others.
    private const int MaxDepth = 16;
    private const int MaxFiles = 512;
    private const int MaxMatches = 512;
    private const string Folder = "/etc/ssh";

    private readonly SshdValues _global = new();
    private readonly List<(string Criteria, string Source, int Line, SshdValues Values)> _matches = [];
    private readonly List<string> _files = [];

    public SshdValues Global => _global;

    public IReadOnlyList<string> Files => _files;

    public IEnumerable<SshdMatch> Matches => _matches.Select(match => new SshdMatch
    {
        Criteria = match.Criteria,
        Settings = match.Values.Told(),
        Source = match.Source,
        Line = match.Line,
    });

    public void Read(string path) => Read(path, _global, 0);

    // A Match ends with the file in which it stands.
    private void Read(string path, SshdValues values, int depth)
    {
        if (_files.Count == MaxFiles)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"sshd: more than {MaxFiles} files are included, the rest was not read"));
            return;
        }

        _files.Add(path);
        string[] lines = run.Read(path).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            run.Stop.ThrowIfCancellationRequested();
            if (SshdLine.Parse(lines[number - 1]) is { } line)
            {
                values = Apply(line, path, number, values, depth);
            }
        }
    }

    private SshdValues Apply(SshdLine line, string path, int number, SshdValues values, int depth)
    {
        switch (line.Keyword)
        {
            case "include":
                Include(line, path, values, depth);
                return values;
            case "match" when line.Arguments is [var all] && all.Equals("all", StringComparison.OrdinalIgnoreCase):
                // For every connection: as if it stood at the top.
                return _global;
            case "match":
                return Match(line, path, number);
            default:
                if (SshdKeyword.Find(line.Keyword) is { } keyword && !values.Add(keyword, line.Arguments, path, number))
                {
                    run.Problem(string.Create(CultureInfo.InvariantCulture, $"{path}: line {number}: no value of {line.Keyword}"));
                }

                return values;
        }
    }

    private SshdValues Match(SshdLine line, string path, int number)
    {
        var values = new SshdValues();
        if (_matches.Count < MaxMatches)
        {
            _matches.Add((string.Join(' ', line.Arguments), path, number, values));
        }
        else
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"sshd: more than {MaxMatches} Match blocks, the rest is left out"));
        }

        return values;
    }

    private void Include(SshdLine line, string path, SshdValues values, int depth)
    {
        foreach (string argument in line.Arguments)
        {
            string pattern = argument.StartsWith('/') ? argument : $"{Folder}/{argument}";
            if (depth == MaxDepth)
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"{path}: files include others deeper than {MaxDepth}, as in a circle; sshd refuses that"));
                return;
            }

            foreach (string file in Glob(pattern))
            {
                Read(file, values, depth + 1);
            }
        }
    }

    // As glob(3): sorted, and a star does not stand for the dot of a hidden file.
    private List<string> Glob(string pattern)
    {
        List<string> paths = [string.Empty];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            paths = part.AsSpan().IndexOfAny('*', '?') < 0
                ? [.. paths.Select(path => $"{path}/{part}").Where(run.Root.Exists)]
                : [.. paths.SelectMany(path => run.List(path.Length == 0 ? "/" : path, MaxFiles)
                    .Where(name => (name[0] != '.' || part[0] == '.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false)).Select(name => $"{path}/{name}"))];
        }

        if (pattern.Contains('[', StringComparison.Ordinal))
        {
            run.Problem($"sshd: brackets in a pattern are not understood: {pattern}");
        }

        return paths;
    }
}
