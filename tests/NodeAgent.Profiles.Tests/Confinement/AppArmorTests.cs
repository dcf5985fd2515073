// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Confinement;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Confinement;

/// <remarks>The parser of Debian's package is the judge of what a rule means: it says for each the expression that it makes of it.</remarks>
public sealed partial class AppArmorTests : IDisposable
{
    private const string Parser = "/usr/sbin/apparmor_parser";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-apparmor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_Profile_HasARuleForEachThingItHas()
    {
        var spec = new ContainerProfileSpec
        {
            Capabilities = ["NET_BIND_SERVICE", "NET_RAW", "63"],
            Syscalls = ["mount", "ptrace"],
            Execs = [new ExecCalls { Path = "/usr/sbin/nginx" }, new ExecCalls { Path = "relative" }],
            Opens =
            [
                new OpenCalls { Path = "/etc/nginx/*", Flags = ["O_RDONLY"] },
                new OpenCalls { Path = "/var/log/a b", Flags = ["O_APPEND", "O_CREAT", "O_WRONLY"] },
                new OpenCalls { Path = "/run/⋯/x", Flags = ["O_RDWR"] },
                new OpenCalls { Path = "/usr/lib/libc.so.6", Flags = ["O_CLOEXEC", "O_RDONLY"] },
            ],
            Egress = [new NetworkNeighbor { Ports = [new NetworkPort { Protocol = "TCP", Port = 443 }] }],
        };

        string text = AppArmorProfile.Of(spec, "web \"1\"", "Of\nweb", complain: true);

        Assert.Equal(
            """
            # Of web
            abi <abi/3.0>,

            profile "web \"1\"" flags=(attach_disconnected,mediate_deleted,complain) {
              capability net_bind_service,
              capability net_raw,
              network inet dgram,
              network inet stream,
              network inet6 dgram,
              network inet6 stream,
              network inet raw,
              network inet6 raw,
              network packet,
              network netlink raw,
              network unix,
              ptrace (trace, tracedby, read, readby) peer=@{profile_name},
              signal (send, receive) peer=@{profile_name},
              signal (receive) peer=crun,
              signal (receive) peer=runc,
              signal (receive) peer=unconfined,
              mount,
              pivot_root,
              umount,
              "/etc/nginx/**" r,
              "/etc/nginx/**/" r,
              "/run/*/x" rwk,
              "/run/*/x/" r,
              "/usr/lib/libc.so.6" mr,
              "/usr/lib/libc.so.6/" r,
              "/usr/sbin/nginx" mrix,
              "/var/log/a b" wk,
            }

            """,
            text);
        RequireParser();
        Assert.Equal(string.Empty, Parse(text).Error);
    }

    [Fact]
    public void Of_HostileNames_AreTakenForThemselves()
    {
        RequireParser();
        string[] names = ["a*b", "a?b", "a[b]c", "a{b,c}d", "a^b", "a\"b", @"a\b", "a,b", "a@{b}", "a b", "a#b", @"a\x0Ab", @"a\xFFb", @"\x2A", "é"];

        (string error, IReadOnlyDictionary<string, string> expressions) = Parse(AppArmorProfile.Of(
            new ContainerProfileSpec { Opens = [.. names.Select(name => new OpenCalls { Path = "/" + name, Flags = ["O_WRONLY"] })] }, "x", "x", complain: false));

        Assert.Equal(string.Empty, error);
        foreach (string name in names.Where(name => name.All(char.IsAscii) && !name.Contains(@"\x", StringComparison.Ordinal)))
        {
            // In the parser's own language a question mark is no operator.
            Assert.Single(expressions.Values, expression => Regex.IsMatch("/" + name, $"^(?:{expression.Replace("?", @"\?", StringComparison.Ordinal)})$"));
        }
    }

    [Fact]
    public void Of_AnyPattern_MatchesWhatTheProfileMatches()
    {
        RequireParser();
        var random = new Random(20261121);
        string[] patterns = [.. Enumerable.Range(0, 400).Select(_ => Path(random, ["a", "b", "ab", "⋯", "*"])).Distinct()];
        var lines = patterns.Select(pattern => (Pattern: pattern, Rules: AppArmorPath.Of(pattern))).ToArray();
        string rules = string.Concat(lines.Select(line => $"{line.Rules.File} r,\n{line.Rules.Directory} r,\n"));

        (string error, IReadOnlyDictionary<string, string> expressions) = Parse($"abi <abi/3.0>,\nprofile \"x\" {{\n{rules}}}\n");

        Assert.Equal(string.Empty, error);
        foreach ((string pattern, (string file, string directory)) in lines)
        {
            var asFile = new Regex($"^(?:{expressions[file.Trim('"')]})$");
            var asDirectory = new Regex($"^(?:{expressions[directory.Trim('"')]})$");
            for (int i = 0; i < 40; i++)
            {
                string path = Path(random, ["a", "b", "ab", "c"]);
                bool expected = DynamicPath.Matches(pattern, path);
                Assert.True(expected == asFile.IsMatch(path), $"{pattern} as {file}: {path}");
                Assert.True(expected == asDirectory.IsMatch(path + "/"), $"{pattern} as {directory}: {path}/");
            }
        }
    }

    [GeneratedRegex("^aare: (.*?)   ->   (.*)$", RegexOptions.Multiline)]
    private static partial Regex Expression { get; }

    private static string Path(Random random, string[] segments) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => "/" + segments[random.Next(segments.Length)]));

    private static void RequireParser() => Assert.SkipUnless(File.Exists(Parser), $"{Parser} is missing (package apparmor)");

    // What it says of its own cache and of this kernel is no error in the profile.
    private (string Error, IReadOnlyDictionary<string, string> Expressions) Parse(string profile)
    {
        string file = System.IO.Path.Combine(_folder.FullName, "profile");
        File.WriteAllText(file, profile);
        var start = new ProcessStartInfo(Parser, ["--skip-kernel-load", "--skip-cache", "-D", "rule-exprs", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string all = output + errors.Result;
        var expressions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in Expression.Matches(all))
        {
            expressions[match.Groups[1].Value] = match.Groups[2].Value;
        }

        return (process.ExitCode == 0 ? string.Empty : all, expressions);
    }
}
