// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>Programs of the machine that a workload is made of.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; with what it wrote to standard error.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        return process.ExitCode == 0
            ? await output.ConfigureAwait(false)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors.ConfigureAwait(false)}");
    }

    /// <exception cref="InvalidOperationException">The program is not there.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"cannot start {start.FileName}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"cannot start {start.FileName} (make bench installs what is needed): {e.Message}", e);
        }
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Shape: as kill(1) takes it, such as <c>TERM</c>.</param>
    public static async Task SignalAsync(int pid, string signal)
    {
        using Process kill = Start(new ProcessStartInfo("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]));
        await kill.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a process as its operator would; one that does not listen is killed.</summary>
    /// <param name="signal">What the program takes for "end, and leave your clients".</param>
    public static async Task StopAsync(Process process, string signal = "TERM")
    {
        using (process)
        {
            if (process.HasExited)
            {
                return;
            }

            await SignalAsync(process.Id, signal).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"{process.StartInfo.FileName} did not stop within {StopLimit}");
            }
        }
    }
}
