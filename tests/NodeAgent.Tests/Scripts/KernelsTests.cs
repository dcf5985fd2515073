// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Scripts;

/// <summary>The parts of <c>scripts/kernels.sh</c>: how a guest ends, and what the table says.</summary>
public sealed class KernelsTests : IDisposable
{
    private const string Begin = "<!-- matrix: written by scripts/kernels.sh --update -->";
    private const string End = "<!-- end of matrix -->";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("echo 3 >\"$out/rc\"", "3", null)]
    [InlineData("echo 'Kernel panic - not syncing: no init' >\"$out/console\"; exit 1", null, "Kernel panic - not syncing: no init")]
    [InlineData("exit 4", null, "the guest ended without a result, QEMU with status 4")]
    [InlineData("echo 'the last words' >\"$out/console\"; exec sleep 60", null, "the guest did not end within 1 s; last line: the last words")]
    public async Task BootGuest_WaysToEnd_GiveAResultOrAReason(string guest, string? exitCode, string? failure)
    {
        _folder.WriteProgram("bin/qemu-system-x86_64", $"out={_folder["guest"]}\n{guest}");

        ShellResult result = await RunAsync("boot.sh", $"PATH={_folder["bin"]}:$PATH; boot_guest image {_folder["guest"]} 1 true");

        Assert.Equal(string.Empty, result.All);
        Assert.Equal(exitCode, Content("guest/rc"));
        Assert.StartsWith(failure ?? string.Empty, Content("guest/failure") ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(failure is null, Content("guest/failure") is null);
    }

    // By what it prints before the guest's script begins, or behind it.
    [Theory]
    [InlineData("", "0", 2)]
    [InlineData("echo 'ready after 3 s' >\"$out/log\"", null, 1)]
    public async Task BootGuest_KernelPanicsOnce_IsStartedAgainUnlessTheScriptRan(string before, string? exitCode, int starts)
    {
        _folder.WriteProgram(
            "bin/qemu-system-x86_64",
            $"out={_folder["guest"]}\necho >>{_folder["starts"]}\n[[ $(wc -l <{_folder["starts"]}) == 1 ]] || {{ echo 0 >\"$out/rc\"; exit; }}\n{before}\necho 'Kernel panic - not syncing' >\"$out/console\"");

        await RunAsync("boot.sh", $"PATH={_folder["bin"]}:$PATH; boot_guest image {_folder["guest"]} 9 true");

        Assert.Equal(exitCode, Content("guest/rc"));
        Assert.Equal(starts, File.ReadAllLines(_folder["starts"]).Length);
        Assert.Equal(exitCode is null, Content("guest/failure")?.StartsWith("Kernel panic", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task PrintMatrix_ImagesThatFareTheSame_AreOneColumn()
    {
        Kernel("6.1.0-9-amd64", "file\tfentry\tfires\t\nfile\ttracepoint\tfires\tna_x: none");
        Kernel("6.1.0-47-amd64", "file\tfentry\tfires\t\nfile\ttracepoint\tfires\tna_x: none");
        Kernel("6.1.0-47-rt-amd64", "file\tfentry\trefused\tfentry (forced by Bpf:Variants): load na_a: EACCES: a | b\nfile\ttracepoint\tattaches\tno event of x came");
        Kernel("host", "file\tfentry\tforbidden\tfentry (forced by Bpf:Variants): load na_a: EPERM\nfile\ttracepoint\tabsent\t", "6.18.44-x");

        string[] lines = (await RunAsync("table.sh", $"print_matrix {_folder["results"]}")).Output.TrimEnd('\n').Split('\n');

        Assert.Equal(
            [
                "| sensor | variant | 6.1.0-9 to 6.1.0-47 (2 images) | 6.1.0-47, rt | 6.18, development machine |",
                "|---|---|---|---|---|",
                "| file | fentry | ok | refused (1) | refused (2) |",
                "| file | tracepoint | ok (3) | loads, attaches, **does not fire** (4) | not there |",
                string.Empty,
                "1. load na_a: EACCES: a / b",
                "2. load na_a: EPERM",
                "3. runs without na_x: none",
                "4. no event of x came",
            ],
            lines);
    }

    [Fact]
    public async Task WriteMatrix_BetweenTheMarks_LeavesTheRest()
    {
        Kernel("6.1.0-9-amd64", "file\tfentry\tfires\t");
        _folder.Write("page.md", $"before\n{Begin}\nold\n{End}\nafter\n");

        await RunAsync("table.sh", $"write_matrix {_folder["results"]} {_folder["page.md"]}");

        string page = Content("page.md")!;
        Assert.StartsWith($"before\n{Begin}\n\n| sensor |", page, StringComparison.Ordinal);
        Assert.EndsWith($"|\n\n{End}\nafter", page, StringComparison.Ordinal);
        Assert.DoesNotContain("old", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteMatrix_NoMarks_IsRefused()
    {
        Kernel("6.1.0-9-amd64", "file\tfentry\tfires\t");
        _folder.Write("page.md", "text\n");

        ShellResult result = await RunAsync("table.sh", $"write_matrix {_folder["results"]} {_folder["page.md"]}");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("text", Content("page.md"));
    }

    private void Kernel(string name, string cells, string? release = null)
    {
        _folder.Write($"results/{name}/matrix.tsv", cells + "\n");
        _folder.Write($"results/{name}/release", (release ?? name) + "\n");
    }

    private string? Content(string file) => File.Exists(_folder[file]) ? File.ReadAllText(_folder[file]).TrimEnd('\n') : null;

    private Task<ShellResult> RunAsync(string part, string commands)
    {
        string scripts = RepositoryRoot.File("scripts");
        string setting = $"scripts={scripts} repository={_folder["."]} cache={_folder["cache"]} guest_cpus=1 dotnet_root=/nowhere; . {scripts}/kernels/{part}; {commands}";
        return ShellProcess.RunAsync("/bin/bash", ["-c", setting], new Dictionary<string, string?>(), TestContext.Current.CancellationToken);
    }
}
