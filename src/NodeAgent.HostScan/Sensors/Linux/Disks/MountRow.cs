// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Disks;

/// <summary>A mount. Source: proc_pid_mountinfo(5).</summary>
/// <param name="DeviceNumber">Shape: <c>254:1</c>; <c>0:…</c> = on no disk.</param>
internal sealed record MountRow(string DeviceNumber, string Root, string MountPoint, string Options, string FileSystem, string Device, string FileSystemOptions)
{
    public const string Table = "/proc/1/mountinfo";

    private const int MaxTableBytes = 4 << 20;

    /// <summary>Those of pid 1, in the order in which they were mounted. What runtimes mount for containers is left out.</summary>
    /// <returns>Null = the table cannot be read.</returns>
    public static IReadOnlyList<MountRow>? ReadAll(SensorRun run)
    {
        HostFileBytes file = run.Read(Table, MaxTableBytes);
        if (!file.IsRead)
        {
            run.Problem($"{Table} is not there or may not be read");
            return null;
        }

        var rows = new List<MountRow>();
        ReadOnlySpan<byte> text = file.Bytes.Span;
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (text[range].IsEmpty || (file.IsCut && range.End.Value == text.Length))
            {
                continue;
            }

            if (Parse(Encoding.UTF8.GetString(text[range])) is not { } row)
            {
                run.Problem($"{Table}: a row that is no mount");
            }
            else if (!row.IsOfContainer())
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    // Shape: ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [more…] - TYPE DEVICE OPTIONS.
    private static MountRow? Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        return dash < 0 || fields.Length < dash + 4
            ? null
            : new MountRow(fields[2], Unescape(fields[3]), Unescape(fields[4]), fields[5], fields[dash + 1], Unescape(fields[dash + 2]), Unescape(fields[dash + 3]));
    }

    // Blanks, newlines and backslashes of names are three octal digits after a backslash.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isEscape = text[i] == '\\' && i + 3 < text.Length && text[i + 1] is >= '0' and <= '3' && IsOctal(text[i + 2]) && IsOctal(text[i + 3]);
            plain.Append(isEscape ? (char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')) : text[i]);
            i += isEscape ? 3 : 0;
        }

        return plain.ToString();

        static bool IsOctal(char digit) => digit is >= '0' and <= '7';
    }

    private bool IsOfContainer() => FileSystem == "nsfs" || ContainerFolders.Mounts.Any(folder => MountPoint.StartsWith(folder, StringComparison.Ordinal));
}
