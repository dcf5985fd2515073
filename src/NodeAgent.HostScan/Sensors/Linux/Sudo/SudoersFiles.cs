// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Sudo;

/// <summary>The lines of sudoers and of what it includes, in the order in which sudo reads them. Source: sudoers(5).</summary>
internal sealed class SudoersFiles(SensorRun run, string hostName)
{
    // sudo's own limit is 128 files deep; nobody needs so much.
    private const int MaxDepth = 16;
    private const int MaxFiles = 512;
    private const int MaxLines = 65_536;

    private readonly List<string> _files = [];
    private readonly List<SudoersLine> _lines = [];

    public IReadOnlyList<string> Files => _files;

    /// <summary>Without comments and empty ones; what a backslash continues is one line.</summary>
    public IReadOnlyList<SudoersLine> Lines => _lines;

    public void Read(string path) => Read(path, 0);

    private void Read(string path, int depth)
    {
        if (depth > MaxDepth || _files.Count == MaxFiles)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"sudo: files include others more than {MaxDepth} deep or {MaxFiles} in all, the rest was not read: {path}"));
            return;
        }

        HostFileBytes file = run.Read(path);
        if (!file.IsRead)
        {
            return;
        }

        _files.Add(path);
        foreach (SudoersLine line in Joined(path, file.Lines))
        {
            run.Stop.ThrowIfCancellationRequested();
            if (_lines.Count == MaxLines)
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"sudo: more than {MaxLines} lines, the rest was not read"));
                return;
            }

            if (!TryInclude(line, depth))
            {
                _lines.Add(line);
            }
        }
    }

    // #include and #includedir look like comments and are none.
    private bool TryInclude(SudoersLine line, int depth)
    {
        string[] words = line.Text.Split((char[])[' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || words[0] is not ("#include" or "@include" or "#includedir" or "@includedir"))
        {
            return false;
        }

        string named = words[1].Trim().Trim('"').Replace("\\ ", " ", StringComparison.Ordinal).Replace("%h", hostName, StringComparison.Ordinal);
        string path = named.StartsWith('/') ? named : $"{line.Path[..line.Path.LastIndexOf('/')]}/{named}";
        if (!words[0].EndsWith("dir", StringComparison.Ordinal))
        {
            Read(path, depth + 1);
            return true;
        }

        // Packages leave files with dots and tildes there, which sudo passes over.
        foreach (string name in run.List(path, MaxFiles).Where(name => !name.Contains('.', StringComparison.Ordinal) && !name.EndsWith('~')))
        {
            Read($"{path}/{name}", depth + 1);
        }

        return true;
    }

    private static IEnumerable<SudoersLine> Joined(string path, string[] lines)
    {
        var whole = new StringBuilder();
        int first = 0;
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1];
            first = whole.Length == 0 ? number : first;
            if (line.EndsWith('\\'))
            {
                whole.Append(line, 0, line.Length - 1).Append(' ');
                continue;
            }

            string text = WithoutComment(whole.Append(line).ToString()).Trim();
            whole.Clear();
            if (text.Length > 0)
            {
                yield return new SudoersLine(path, first, text);
            }
        }
    }

    // A hash before digits is a number of a user, and before include no comment.
    private static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            bool isNumber = i + 1 < line.Length && (char.IsAsciiDigit(line[i + 1]) || line[i + 1] == '-');
            bool isInclude = line.AsSpan(0, i).IsWhiteSpace() && line.AsSpan(i).StartsWith("#include", StringComparison.Ordinal);
            if (line[i] == '#' && !isNumber && !isInclude && (i == 0 || line[i - 1] != '\\'))
            {
                return line[..i];
            }
        }

        return line;
    }
}

/// <param name="Number">From 1; of the first of those that are joined.</param>
internal sealed record SudoersLine(string Path, int Number, string Text);
