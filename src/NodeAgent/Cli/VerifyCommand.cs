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
        var command = new ExampleCommand(
            "verify",
            "Load every probe into this kernel, attach none, and print what the verifier says",
            "node-agent verify --log")
        {
            log,
        };
        command.SetAction(arguments => Run(arguments.GetValue(log)));
        return command;
    }

    private static int Run(bool withLog)
    {
        if (KernelRequirements.Check().FirstOrDefault(p => p.IsFatal) is { } problem)
        {
            throw new CommandException(problem.Message);
        }

        IReadOnlyList<VerifierResult> results = Verifier.LoadAll();
        TablePrinter.Print(
            Console.Out,
            ["OBJECT", "PROGRAM", "HOOK", "INSTRUCTIONS", "VERIFIED", "RESULT"],
            results.Select(r => new[]
            {
                r.ObjectName,
                r.Program,
                r.Section,
                r.InstructionCount.ToString(CultureInfo.InvariantCulture),
                r.VerifiedInstructions.ToString(CultureInfo.InvariantCulture),
                r.IsAccepted ? "accepted" : r.Reason,
            }));
        foreach (VerifierResult refused in results.Where(r => withLog && !r.IsAccepted))
        {
            Console.Out.WriteLine($"\n{refused.Program}:\n{refused.Log}");
        }

        return results.Count > 0 && results.All(r => r.IsAccepted) ? 0 : 1;
    }
}
