// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Chart.Tests;

/// <summary>What a program printed and how it ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>A real helm over the repository's chart; a test is skipped, with the reason, where none is to be had.</summary>
internal static class Helm
{
    private const int Unavailable = 69; // EX_UNAVAILABLE of scripts/helm.sh
    private static readonly Lazy<Task<ProgramResult>> Probe = new(() => RunAsync(ScriptPath, "--path"));

    public static string Repository { get; } = FindRepository();

    public static string Chart => Path.Combine(Repository, "charts/node-agent");

    private static string ScriptPath => Path.Combine(Repository, "scripts/helm.sh");

    public static async Task<ProgramResult> LintAsync(params string[] arguments) =>
        await HelmAsync(["lint", "--strict", Chart, .. arguments]);

    /// <summary>Renders the chart.</summary>
    /// <param name="arguments">As for <c>helm template</c>, for instance <c>--set key=value</c>.</param>
    public static async Task<ProgramResult> TemplateAsync(params string[] arguments) =>
        await HelmAsync(["template", "test", Chart, "--namespace", "node-agent", .. arguments]);

    /// <summary>Renders the chart, which must succeed.</summary>
    public static async Task<Manifest> RenderAsync(params string[] arguments)
    {
        ProgramResult result = await TemplateAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Errors);
        return Manifest.Parse(result.Output);
    }

    public static async Task<ProgramResult> RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ProgramResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Any other command of helm.</summary>
    public static Task<ProgramResult> CommandAsync(params string[] arguments) => HelmAsync(arguments);

    private static async Task<ProgramResult> HelmAsync(string[] arguments)
    {
        ProgramResult probe = await Probe.Value;
        if (probe.ExitCode == Unavailable)
        {
            Assert.Skip(probe.Errors.TrimEnd());
        }

        Assert.True(probe.ExitCode == 0, probe.Errors);
        return await RunAsync(ScriptPath, arguments);
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NodeAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no NodeAgent.sln above the test program");
    }
}
