// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Tests.Agent;

/// <summary>A workload in a cgroup of its own: a shell that does what it is told, with programs that open nothing to be loaded.</summary>
internal sealed class TestUnit : IAsyncDisposable
{
    // Told before the shell enters its cgroup; so the unit itself never executes a shell or opens a script.
    private const string Loop = "exec 2>/dev/null; echo $$ >\"$1\"/cgroup.procs || exit 1; echo entered; while IFS= read -r line; do eval \"$line\"; code=$?; echo; echo \"done $code\"; done";
    private static int _count;
    private readonly ScratchFolder _folder = new();
    private readonly string _cgroup;
    private readonly Process _shell;

    private TestUnit(string busybox, string cgroup, string[] below)
    {
        _cgroup = cgroup;
        foreach (string name in (string[])["sh", "true", "cat", "seq", "cp", "nc"])
        {
            Directory.CreateDirectory(_folder["bin"]);
            File.Copy(busybox, Program(name));
        }

        Directory.CreateDirectory(cgroup);
        var start = new ProcessStartInfo(below.Length > 0 ? below[0] : Program("sh"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in (string[])[.. below.Skip(1), .. below.Length > 0 ? [Program("sh")] : Array.Empty<string>(), "-c", Loop, "unit", cgroup])
        {
            start.ArgumentList.Add(argument);
        }

        _shell = Process.Start(start)!;
    }

    /// <summary>The unit's name in profiles and alerts.</summary>
    public string Name => Path.GetFileName(_cgroup);

    /// <summary>Its directory in the cgroup tree.</summary>
    public string Cgroup => _cgroup;

    /// <summary>A folder for the unit's files.</summary>
    public string Folder => _folder.Path;

    /// <param name="below">A program with its arguments that starts the shell, such as nsenter.</param>
    public static async Task<TestUnit> StartAsync(params string[] below)
    {
        string root = KernelRequirements.FindCgroupRoot() ?? string.Empty;
        Assert.SkipWhen(root.Length == 0, "no cgroup2 tree is mounted");
        const string Busybox = "/bin/busybox";
        Assert.SkipUnless(File.Exists(Busybox), "a static busybox is missing (package busybox-static)");
        Assert.SkipUnless((await ShellProcess.RunAsync("ldd", Busybox)).All.Contains("not a dynamic", StringComparison.Ordinal), $"{Busybox} is not static");
        var unit = new TestUnit(Busybox, Path.Combine(root, $"na-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}"), below);
        Assert.Equal("entered", await unit._shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return unit;
    }

    /// <summary>A program of the unit: sh, true, cat, seq, cp, nc.</summary>
    public string Program(string name) => _folder["bin/" + name];

    /// <summary>A program under a new name, made outside the unit.</summary>
    public string NewProgram(string name)
    {
        string path = _folder["bin/" + name];
        File.Copy(Program("true"), path);
        return path;
    }

    /// <summary>Lets the shell do one line and waits for its end.</summary>
    /// <returns>The line's exit code.</returns>
    public async Task<int> DoAsync(string line)
    {
        await _shell.StandardInput.WriteLineAsync(line);
        await _shell.StandardInput.FlushAsync();
        while (await _shell.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) is { } answer)
        {
            if (answer.StartsWith("done ", StringComparison.Ordinal))
            {
                return int.Parse(answer.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"the unit's shell ended in: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string pid in File.ReadAllLines(Path.Combine(_cgroup, "cgroup.procs")))
        {
            await ShellProcess.RunAsync("kill", "-KILL", pid);
        }

        await _shell.WaitForExitAsync(CancellationToken.None);
        _shell.Dispose();
        await Eventually.TrueAsync(() => File.ReadAllText(Path.Combine(_cgroup, "cgroup.procs")).Length == 0, $"{_cgroup} being empty");
        Directory.Delete(_cgroup);

        // Names that are no text cannot be deleted by .NET.
        await ShellProcess.RunAsync("find", _folder.Path, "-mindepth", "1", "-delete");
        _folder.Dispose();
    }
}
