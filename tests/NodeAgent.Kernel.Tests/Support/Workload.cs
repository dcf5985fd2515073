// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>A program of tests/workloads that runs or ran, and the facts that it printed.</summary>
internal sealed class Workload
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private Dictionary<string, string>? _facts;

    private Workload(string name, Process process)
    {
        Name = name;
        _process = process;
        Pid = (uint)process.Id;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string Name { get; }

    public uint Pid { get; }

    public static string PathOf(string name) => Path.Combine(Folder, name);

    private static string Folder { get; } = typeof(Workload).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Workloads").Value!;

    public static Workload Start(string name, params string[] arguments) => StartIn(Folder, name, arguments);

    public static Workload StartIn(string workingDirectory, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(PathOf(name), arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new Workload(name, Process.Start(start)!);
    }

    /// <summary>For workloads that wait until their input ends.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>For workloads that do something for each line.</summary>
    public void Send(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void RequireSuccess()
    {
        Assert.True(_process.WaitForExit(KernelWatch.Deadline), $"{Name} did not end within {KernelWatch.Deadline.TotalSeconds:0} s");
        Assert.True(_process.ExitCode == 0, $"{Name} ended with {_process.ExitCode}: {All(_errors)}");
    }

    public string Text(string fact)
    {
        _facts ??= All(_output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return _facts[fact];
    }

    public ulong Number(string fact) => ulong.Parse(Text(fact), CultureInfo.InvariantCulture);

    public uint PidOf(string fact) => (uint)Number(fact);

    // A child that outlives the workload keeps its output open.
    private string All(Task<string> text)
    {
        Assert.True(text.Wait(KernelWatch.Deadline), $"something that {Name} started did not end within {KernelWatch.Deadline.TotalSeconds:0} s");
        return text.Result;
    }
}
