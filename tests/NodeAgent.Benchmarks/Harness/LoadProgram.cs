// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The traced program of loads/load.c.</summary>
internal sealed class LoadProgram(string path)
{
    /// <returns>The number that it printed.</returns>
    public double Run(params string[] arguments) => Wait(Start(arguments));

    public Process Start(params string[] arguments) => Start(new ProcessStartInfo(path, arguments));

    public Process StartIn(WorkloadCgroup cgroup, params string[] arguments) => Start(cgroup.Command(path, arguments));

    public static double Wait(Process process)
    {
        using (process)
        {
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? double.Parse(output, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"load exited with {process.ExitCode}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        return ToolProcess.Start(start);
    }
}
