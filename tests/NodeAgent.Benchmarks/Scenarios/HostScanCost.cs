// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>Time and memory of <c>node-agent host scan</c> on this machine and on one with many files, and what its scans take of a core in the agent.</summary>
internal sealed class HostScanCost(BenchOptions options)
{
    private const int Files = 300_000;
    private const int FilesInFolder = 100;
    private const int Rounds = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FilesInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan SensorTime = TimeSpan.FromMinutes(1);

    public async Task RunAsync(BenchTable table)
    {
        await ReportAsync(table, "this machine", "/").ConfigureAwait(false);
        using var folder = new ScratchDirectory();
        Fill(folder);
        await ReportAsync(table, string.Create(CultureInfo.InvariantCulture, $"{Files:#,0} files"), folder.Path).ConfigureAwait(false);
        Share(table);
    }

    private async Task ReportAsync(BenchTable table, string what, string root)
    {
        double seconds = double.PositiveInfinity;
        double megabytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (double took, double peak) = await OnceAsync(root).ConfigureAwait(false);
            (seconds, megabytes) = (Math.Min(seconds, took), Math.Max(megabytes, peak));
        }

        table.Add($"host scan of {what}", seconds, "s", most: 3);
        table.Add($"host scan of {what}: peak RSS", megabytes, "MB", most: 60);
    }

    private async Task<(double Seconds, double Megabytes)> OnceAsync(string root)
    {
        var start = new ProcessStartInfo(options.AgentProgram, ["host", "scan", "--root", root, "-o", "json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        long began = Stopwatch.GetTimestamp();
        using Process scan = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {options.AgentProgram}");
        Task<string> errors = scan.StandardError.ReadToEndAsync();
        Task<string> said = scan.StandardOutput.ReadToEndAsync();
        double peak = 0;
        while (!scan.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakMegabytes(scan.Id));
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await said.ConfigureAwait(false);
        return scan.ExitCode == 0 ? (seconds, peak) : throw new InvalidOperationException($"host scan ended with {scan.ExitCode}: {await errors.ConfigureAwait(false)}");
    }

    // As the agent does it: in one process, the files now and then, and the checks each time.
    private static void Share(BenchTable table)
    {
        using HostRoot root = HostRoot.Open("/");
        CheckEngine engine = CheckEngine.Compile(CheckLibrary.Read());
        var withFiles = new HostScanner(HostSensors.All, TimeProvider.System, SensorTime);
        var withoutFiles = new HostScanner(HostSensors.All, TimeProvider.System, SensorTime, TimeSpan.FromHours(1));
        Scan(withFiles, root, engine);
        Scan(withoutFiles, root, engine);
        double whole = CpuSeconds(() => Scan(withFiles, root, engine));
        double usual = CpuSeconds(() => Scan(withoutFiles, root, engine));
        double share = (usual / Interval.TotalSeconds) + ((whole - usual) / FilesInterval.TotalSeconds);
        table.Add("host scan in the agent, files walked", whole * 1000, "ms of a core");
        table.Add("host scan in the agent, files remembered", usual * 1000, "ms of a core");
        table.Add("host scans each 5 min", share * 100, "% of a core", most: 0.1);
    }

    private static void Scan(HostScanner scanner, HostRoot root, CheckEngine engine)
    {
        HostScanResult scan = scanner.Scan(root, "node", CancellationToken.None);
        CheckReport.Of(scan, engine, CheckExceptions.None, null, DateTimeOffset.UtcNow, CancellationToken.None);
    }

    private static double CpuSeconds(Action action)
    {
        double before = ProcStat.CpuSeconds(Environment.ProcessId);
        for (int round = 0; round < Rounds; round++)
        {
            action();
        }

        return (ProcStat.CpuSeconds(Environment.ProcessId) - before) / Rounds;
    }

    private static void Fill(ScratchDirectory folder)
    {
        folder.Write("proc/sys/kernel/ostype", "Linux");
        folder.Write("sys/kernel/x", "x");
        folder.Write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        folder.Write("etc/group", "root:x:0:\n");
        for (int number = 0; number < Files; number++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"usr/lib/d{number / FilesInFolder / 100}/e{number / FilesInFolder}/file-{number}");
            if (number % FilesInFolder == 0)
            {
                Directory.CreateDirectory(folder.File(Path.GetDirectoryName(path)!));
            }

            // Every tenth is a program, as on a machine with many packages.
            File.Create(folder.File(path), 1).Dispose();
            if (number % 10 == 0)
            {
                File.SetUnixFileMode(folder.File(path), (UnixFileMode)0b111_101_101);
            }
        }
    }

    /// <returns>Units: MB (10^6 bytes); 0 when it has ended.</returns>
    private static double PeakMegabytes(int pid)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
