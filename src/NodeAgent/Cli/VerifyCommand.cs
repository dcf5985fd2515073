// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Verification;
using NodeAgent.Cli.Output;

namespace NodeAgent.Cli;

/// <summary><c>node-agent verify</c>: every program through this kernel's verifier.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var log = new Option<bool>("--log") { Description = "Print the verifier's whole log of what is refused" };
        var record = new Option<string>("--record")
        {
            Description = "Write the instruction counts of this kernel into FILE, beside those of other kernels",
            HelpName = "FILE",
        };
        var command = new ExampleCommand(
            "verify",
            "Load every probe into this kernel, attach none, print what the verifier says and what grew",
            "node-agent verify --log",
            "node-agent verify --record bpf/verified-instructions.txt")
        {
            log,
            record,
        };
        command.SetAction(arguments => Run(arguments.GetValue(log), arguments.GetValue(record)));
        return command;
    }

    private static int Run(bool withLog, string? recordFile)
    {
        if (KernelRequirements.Check().FirstOrDefault(p => p.IsFatal) is { } problem)
        {
            throw new CommandException(problem.Message);
        }

        IReadOnlyList<VerifierResult> results = Verifier.LoadAll();
        IReadOnlyList<SensorVerdict> sensors = Verifier.Judge(results);
        InstructionRecord record = InstructionRecord.Embedded();
        PrintPrograms(results, record);
        foreach (VerifierResult refused in results.Where(r => withLog && !r.IsAccepted))
        {
            Console.Out.WriteLine($"\n{refused.Program}:\n{refused.Log}");
        }

        PrintSensors(sensors);
        bool works = sensors.Count > 0 && sensors.All(s => s.Loads);
        if (recordFile is not null)
        {
            Record(recordFile, results);
            return works ? 0 : 1;
        }

        return PrintComparison(record, results) && works ? 0 : 1;
    }

    private static void PrintPrograms(IReadOnlyList<VerifierResult> results, InstructionRecord record) =>
        TablePrinter.Print(
            Console.Out,
            ["OBJECT", "PROGRAM", "HOOK", "INSTRUCTIONS", "VERIFIED", "RECORDED", "CHANGE", "RESULT"],
            results.Select(r => new[]
            {
                r.ObjectName,
                r.Program,
                r.Section,
                Number((uint)r.InstructionCount),
                Number(r.VerifiedInstructions),
                Number(record.Find(KernelFamily.Current, r.ObjectName, r.Program)),
                Change(r.VerifiedInstructions, record.Find(KernelFamily.Current, r.ObjectName, r.Program)),
                r.IsAccepted ? "accepted" : r.Reason,
            }));

    private static void PrintSensors(IReadOnlyList<SensorVerdict> sensors)
    {
        Console.Out.WriteLine();
        TablePrinter.Print(
            Console.Out,
            ["SENSOR", "VARIANT", "LOADS", "REFUSED PROGRAMS"],
            sensors.SelectMany(s => s.Variants.Select(v => new[]
            {
                s.Sensor,
                v.Name,
                v.Loads ? v.Name == s.Best ? "yes, chosen" : "yes" : "no",
                v.ProgramCount == 0 ? "it has none" : string.Join(", ", v.Refused),
            })));
        foreach (SensorVerdict sensor in sensors.Where(s => !s.Loads))
        {
            Console.Out.WriteLine($"sensor {sensor.Sensor}: this kernel accepts no variant of it");
        }
    }

    /// <returns>Whether all is as recorded, or nothing is recorded.</returns>
    private static bool PrintComparison(InstructionRecord record, IReadOnlyList<VerifierResult> results)
    {
        Console.Out.WriteLine();
        if (!record.Kernels.Contains(KernelFamily.Current))
        {
            Console.Out.WriteLine($"nothing is compared: there are values of {string.Join(", ", record.Kernels.DefaultIfEmpty("no kernel"))}, not of {KernelFamily.Current}");
            return true;
        }

        IReadOnlyList<string> findings = record.Compare(KernelFamily.Current, results);
        foreach (string finding in findings)
        {
            Console.Out.WriteLine(finding);
        }

        if (findings.Count == 0)
        {
            Console.Out.WriteLine($"no program grew by more than {InstructionRecord.AllowedGrowth:P0} of its value recorded on {KernelFamily.Current}");
        }

        return findings.Count == 0;
    }

    // Beside what the file says of other kernels, which may be more than this build knows.
    private static void Record(string path, IReadOnlyList<VerifierResult> results)
    {
        try
        {
            string text = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
            File.WriteAllText(path, InstructionRecord.Parse(text).With(KernelFamily.Current, results).ToString());
        }
        catch (FormatException exception)
        {
            throw new CommandException($"{path}: {exception.Message}");
        }

        Console.Out.WriteLine($"\nrecorded {results.Count(r => r.VerifiedInstructions > 0)} programs of {KernelFamily.Current} in {path}");
    }

    private static string Number(uint? count) => count is > 0 ? count.Value.ToString(CultureInfo.InvariantCulture) : "-";

    private static string Change(uint verified, uint? recorded) => verified == 0 || recorded is null or 0
        ? "-"
        : ((verified / (double)recorded) - 1).ToString("+0.0%;-0.0%;0.0%", CultureInfo.InvariantCulture);
}
