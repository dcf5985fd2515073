// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Verification;

/// <summary>What this kernel's verifier says of one program.</summary>
/// <param name="ObjectName">Shape: the family, <c>file</c>.</param>
/// <param name="Program">Its name.</param>
/// <param name="Section">Shape: type and hook, <c>tp_btf/sys_exit</c>.</param>
/// <param name="InstructionCount">Units: instructions in the object file.</param>
/// <param name="VerifiedInstructions">Units: instructions that the verifier walked; 0 when refused or before Linux 5.16.</param>
/// <param name="IsAccepted">Whether it loads.</param>
/// <param name="Reason">Shape: one line; empty when accepted.</param>
/// <param name="Log">The verifier's whole log; empty when accepted.</param>
public sealed record VerifierResult(string ObjectName, string Program, string Section, int InstructionCount,
    uint VerifiedInstructions, bool IsAccepted, string Reason, string Log);

/// <summary>Loads every program, each by itself, and attaches none.</summary>
public static class Verifier
{
    /// <returns>In the order of objects and programs; whether a machine needs each of them is the sensors' business.</returns>
    public static IReadOnlyList<VerifierResult> LoadAll()
    {
        _ = ProcessLimits.TryRaiseLockLimit();
        var results = new List<VerifierResult>();
        foreach (string name in EmbeddedObjects.Names)
        {
            results.AddRange(LoadEach(name, EmbeddedObjects.Open));
        }

        return results;
    }

    internal static IEnumerable<VerifierResult> LoadEach(string objectName, Func<string, BpfObject> open)
    {
        using BpfObject listing = open(objectName);
        foreach (string program in listing.Programs.Select(program => program.Name).ToArray())
        {
            using BpfObject target = open(objectName);
            yield return LoadOne(target, program);
        }
    }

    private static VerifierResult LoadOne(BpfObject target, string programName)
    {
        foreach (BpfProgram other in target.Programs)
        {
            other.Enable(other.Name == programName);
        }

        BpfProgram program = target.FindProgram(programName)!;
        int count = program.InstructionCount;
        try
        {
            target.Load();
            uint verified = program.ReadInfo().VerifiedInstructions;
            return new VerifierResult(target.Name, program.Name, program.Section, count, verified, true, string.Empty, string.Empty);
        }
        catch (BpfException exception)
        {
            return new VerifierResult(target.Name, program.Name, program.Section, count, 0, false,
                exception.Message, exception.VerifierLog ?? string.Empty);
        }
    }
}
