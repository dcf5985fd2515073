// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Sshd;

/// <summary>What <c>sshd -T</c> would say, from the files and the command line of the one that runs.</summary>
internal sealed class SshdSensor() : HostSensor<SshdSettingsSpec>(HostDataJsonContext.Readable.SshdSettingsSpec)
{
    // The second is where distributions keep it that leave /etc to the administrator.
    private static readonly string[] Configurations = ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config", "/usr/share/openssh/sshd_config"];
    private static readonly string[] Programs = ["/usr/sbin/sshd", "/usr/bin/sshd", "/sbin/sshd", "/usr/local/sbin/sshd"];

    private static readonly SearchValues<byte> VersionCharacters = SearchValues.Create("0123456789.p"u8);

    private const int MaxProgramBytes = 4 << 20;

    public override string Kind => "SshdSettings";

    public override string Variable => "sshd";

    public override bool IsEverywhere => false;

    protected override SshdSettingsSpec? Read(SensorRun run)
    {
        IReadOnlyList<string> arguments = Arguments(run.Processes);
        string? path = Option(arguments, "-f").FirstOrDefault() ?? Configurations.FirstOrDefault(run.Root.Exists);
        string? version = Programs.Select(program => VersionOf(run.Root.Read(program, MaxProgramBytes))).FirstOrDefault(found => found is not null);
        if (path is null && version is null)
        {
            return null;
        }

        var configuration = new SshdConfiguration(run);
        AddArguments(configuration.Global, arguments);
        if (path is not null)
        {
            configuration.Read(path);
        }

        configuration.Global.AddDefaults(Number(version));
        return new SshdSettingsSpec
        {
            Version = version,
            Settings = configuration.Global.Told(),
            Matches = [.. configuration.Matches],
            Files = configuration.Files,
            NodeName = run.NodeName,
        };
    }

    // What the command line says comes before the files. Source: sshd(8).
    private static void AddArguments(SshdValues values, IReadOnlyList<string> arguments)
    {
        foreach (string option in Option(arguments, "-o"))
        {
            if (SshdLine.Parse(option) is { } line && SshdKeyword.Find(line.Keyword) is { } keyword)
            {
                values.Add(keyword, line.Arguments, "command line", null);
            }
        }

        foreach (string port in Option(arguments, "-p"))
        {
            values.Add(SshdKeyword.All["port"], [port], "command line", null);
        }
    }

    // The one that listens shows its arguments in a title of its own: sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups.
    private static string[] Arguments(HostProcesses processes)
    {
        foreach (HostProcess process in processes.Named("sshd").Where(process => process.ContainerId.Length == 0))
        {
            if (process.Arguments is [var title, ..] && title.StartsWith("sshd: ", StringComparison.Ordinal))
            {
                int end = title.IndexOf(" [listener]", StringComparison.Ordinal);
                if (end > 0)
                {
                    return title["sshd: ".Length..end].Split(' ');
                }
            }
            else if (process.Arguments.Count > 0)
            {
                return [.. process.Arguments];
            }
        }

        return [];
    }

    private static IEnumerable<string> Option(IReadOnlyList<string> arguments, string name)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            if (arguments[i] == name && i + 1 < arguments.Count)
            {
                yield return arguments[++i];
            }
            else if (arguments[i].StartsWith(name, StringComparison.Ordinal) && arguments[i].Length > name.Length)
            {
                yield return arguments[i][name.Length..];
            }
        }
    }

    // The program holds what it says to clients, OpenSSH_9.2p1, beside patterns of the versions with which it takes care: OpenSSH_6.6.1*.
    private static string? VersionOf(in HostFileBytes program)
    {
        string? version = null;
        ReadOnlySpan<byte> rest = program.Bytes.Span;
        while (rest.IndexOf("OpenSSH_"u8) is >= 0 and int at)
        {
            rest = rest[(at + "OpenSSH_".Length)..];
            int length = rest.IndexOfAnyExcept(VersionCharacters);
            if (length is < 3 or >= 16 || rest[length] is (byte)'*' or (byte)',' || !char.IsAsciiDigit((char)rest[0]))
            {
                continue;
            }

            string found = Encoding.ASCII.GetString(rest[..length]);
            if (found.Contains('p', StringComparison.Ordinal))
            {
                return found;
            }

            version ??= found;
        }

        return version;
    }

    // 9.2p1 → 902.
    private static int Number(string? version)
    {
        string[] parts = (version ?? string.Empty).Split('.', 'p');
        return parts.Length >= 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor) ? (major * 100) + minor : 0;
    }
}
