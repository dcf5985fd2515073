// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;

namespace NodeAgent.HostScan.Tests.Sensors;

/// <summary>The tools that an administrator would ask instead.</summary>
internal static class AdministratorTool
{
    /// <summary>What it prints, as lines that hold something; the test is skipped where the tool is not installed.</summary>
    public static string[] Lines(params string[] command)
    {
        (int code, string said) = Run(command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {code}");
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static (int Code, string Said) Run(params string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said + errors.Result);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{command[0]} is not installed");
            throw;
        }
    }
}
