// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Verification;

/// <summary>Loads every program, each by itself and as it hangs on shared hooks where this kernel takes their programs, and attaches none.</summary>
public static class Verifier
{
    // The constants shape what the verifier walks, so they are those of one machine, whichever this is.
    private static readonly RingSizes Sizes = new(2 << 20, 4 << 20, 16);
    private static readonly FilterSizes FilterSizes = new(64, 512);

    /// <returns>In the order of objects and programs; whether a machine needs each of them is the sensors' business.</returns>
    public static IReadOnlyList<VerifierResult> LoadAll()
    {
        _ = ProcessLimits.TryRaiseLockLimit();
        Dictionary<string, VerifierResult[]> heads = SharedHooks.All.ToDictionary(
            shared => shared.ObjectName, shared => LoadEach(shared.ObjectName, EmbeddedObjects.Open).ToArray(), StringComparer.Ordinal);
        SharedHooks[] taken = [.. SharedHooks.All.Where(shared => heads[shared.ObjectName].All(head => head.IsAccepted))];
        return [.. EmbeddedObjects.Names.SelectMany(name => heads.TryGetValue(name, out VerifierResult[]? found) ? found : LoadEach(name, EmbeddedObjects.Open, taken))];
    }

    /// <summary>What the results mean for each sensor.</summary>
    public static IReadOnlyList<SensorVerdict> Judge(IReadOnlyList<VerifierResult> results) =>
        Judge(results, SensorCatalog.All, EmbeddedObjects.Open);

    internal static IReadOnlyList<SensorVerdict> Judge(
        IReadOnlyList<VerifierResult> results, IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open)
    {
        var verdicts = new List<SensorVerdict>();
        foreach (SensorDefinition definition in definitions)
        {
            HashSet<string> refused = Refused(results, definition.Name);
            using BpfObject target = open(definition.Name);
            verdicts.Add(new SensorVerdict(definition.Name, [.. definition.Variants.Select(variant =>
            {
                // An optional program that is refused is one that the variant is not made of here.
                string[] programs = [.. target.Programs.Where(variant.Includes)
                    .Where(program => !variant.IsOptional(program) || !refused.Contains(program.Name)).Select(program => program.Name)];
                return new VariantVerdict(variant.Name, programs.Length, [.. programs.Where(refused.Contains)]);
            })]));
        }

        // What no sensor names stands for itself.
        foreach (IGrouping<string, VerifierResult> rest in results
            .Where(result => !definitions.Any(definition => definition.Name == result.ObjectName)).GroupBy(result => result.ObjectName))
        {
            verdicts.Add(new SensorVerdict(rest.Key, JudgeUnnamed(rest)));
        }

        return verdicts;
    }

    // What is attached at shared hooks belongs together; else each program is another way to the same end (bpf/probes/iter.bpf.c).
    private static VariantVerdict[] JudgeUnnamed(IGrouping<string, VerifierResult> results) => SharedHooks.All.Any(shared => shared.ObjectName == results.Key)
        ? [new VariantVerdict(string.Join(", ", results.Select(result => result.Section)), results.Count(), [.. results.Where(result => !result.IsAccepted).Select(result => result.Program)])]
        : [.. results.Select(result => new VariantVerdict(result.Section, 1, result.IsAccepted ? [] : [result.Program]))];

    internal static IEnumerable<VerifierResult> LoadEach(string objectName, Func<string, BpfObject> open, params IReadOnlyList<SharedHooks> taken)
    {
        using BpfObject listing = open(objectName);
        foreach (string program in listing.Programs.Select(program => program.Name).ToArray())
        {
            using BpfObject target = open(objectName);
            yield return LoadOne(target, program, taken);
        }
    }

    private static HashSet<string> Refused(IReadOnlyList<VerifierResult> results, string objectName) =>
        [.. results.Where(result => result.ObjectName == objectName && !result.IsAccepted).Select(result => result.Program)];

    private static VerifierResult LoadOne(BpfObject target, string programName, IReadOnlyList<SharedHooks> taken)
    {
        foreach (BpfProgram other in target.Programs)
        {
            other.Enable(other.Name == programName);
        }

        BpfProgram program = target.FindProgram(programName)!;
        int count = program.InstructionCount;
        try
        {
            SharedMaps.SetConstants(target, Sizes, FilterSizes, EnvironmentNames.Default);
            foreach (SharedHooks shared in taken)
            {
                target.TrySetConstant(shared.Constant, true);
            }

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
