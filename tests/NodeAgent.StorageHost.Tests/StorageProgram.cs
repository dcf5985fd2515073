// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NodeAgent.StorageHost.Tests;

/// <summary>The real program, as the build left it beside the tests.</summary>
internal static class StorageProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException($"node-agent-storage {string.Join(' ', arguments)} did not end: {await output}{await errors}");
        }

        return (process.ExitCode, await output, await errors);
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "node-agent-storage"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The program finds .NET by this; settings of whoever runs the tests are not ours.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("NODE_AGENT_", StringComparison.Ordinal) || name.StartsWith("KUBERNETES_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
