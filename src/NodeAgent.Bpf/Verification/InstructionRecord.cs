// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Reflection;
using System.Text;

namespace NodeAgent.Bpf.Verification;

/// <summary>How many instructions the verifier walked for each program when that was last recorded, by kernel.</summary>
/// <remarks>
/// Shape of the text: lines of <c>kernel object program instructions</c>, where kernel is <see cref="KernelFamily"/>; <c>#</c>
/// begins a comment. Counts of two kernels say nothing about each other, so only those of the same family are compared.
/// </remarks>
public sealed class InstructionRecord
{
    /// <summary>A program may grow by this share of its recorded value before that is a finding.</summary>
    public const double AllowedGrowth = 0.20;

    private const string Resource = "verified-instructions.txt";

    private readonly SortedDictionary<(string Kernel, string Object, string Program), uint> _counts;

    private InstructionRecord(SortedDictionary<(string Kernel, string Object, string Program), uint> counts)
    {
        _counts = counts;
    }

    /// <summary>The kernel families that have values.</summary>
    public IEnumerable<string> Kernels => _counts.Keys.Select(key => key.Kernel).Distinct();

    /// <summary>The record that this build carries.</summary>
    public static InstructionRecord Embedded()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"this build carries no {Resource}");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <exception cref="FormatException">A line that is neither a comment nor four fields, or a program twice.</exception>
    public static InstructionRecord Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var counts = Empty();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || fields[0].StartsWith('#'))
            {
                continue;
            }

            if (fields.Length != 4 || !uint.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out uint count) || count == 0)
            {
                throw new FormatException($"line {number}: \"{line}\" is not \"kernel object program instructions\"");
            }

            if (!counts.TryAdd((fields[0], fields[1], fields[2]), count))
            {
                throw new FormatException($"line {number}: {fields[2]} of {fields[0]} is there already");
            }
        }

        return new InstructionRecord(counts);
    }

    /// <returns>The recorded count; null when there is none.</returns>
    public uint? Find(string kernel, string objectName, string program) =>
        _counts.TryGetValue((kernel, objectName, program), out uint count) ? count : null;

    /// <summary>What differs from the record, on a kernel that it has values of.</summary>
    /// <returns>One line for each finding; empty when nothing grew, or when the record has no values of this kernel.</returns>
    public IReadOnlyList<string> Compare(string kernel, IReadOnlyList<VerifierResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (!Kernels.Contains(kernel))
        {
            return [];
        }

        var findings = new List<string>();
        foreach (VerifierResult result in results)
        {
            if (Finding(result, Find(kernel, result.ObjectName, result.Program)) is string finding)
            {
                findings.Add($"{result.ObjectName}/{result.Program}: {finding}");
            }
        }

        findings.AddRange(_counts.Keys
            .Where(key => key.Kernel == kernel && !results.Any(result => result.ObjectName == key.Object && result.Program == key.Program))
            .Select(key => $"{key.Object}/{key.Program}: is in the record and in no object: record again"));
        return findings;
    }

    /// <summary>This record with the values of one kernel replaced by what was measured on it.</summary>
    public InstructionRecord With(string kernel, IReadOnlyList<VerifierResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var counts = Empty();
        foreach ((var key, uint count) in _counts.Where(entry => entry.Key.Kernel != kernel))
        {
            counts.Add(key, count);
        }

        foreach (VerifierResult result in results.Where(result => result.VerifiedInstructions > 0))
        {
            counts.Add((kernel, result.ObjectName, result.Program), result.VerifiedInstructions);
        }

        return new InstructionRecord(counts);
    }

    /// <summary>The text that <see cref="Parse"/> reads, sorted.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(
            "# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n"
            + "# Instructions that the verifier walks: kernel, object, program, count. Written by: make verify-record\n");
        foreach (((string kernel, string objectName, string program), uint count) in _counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{kernel} {objectName} {program} {count}\n");
        }

        return text.ToString();
    }

    private static string? Finding(VerifierResult result, uint? recorded)
    {
        if (recorded is null)
        {
            return result.VerifiedInstructions == 0 ? null : $"is not in the record ({result.VerifiedInstructions} instructions): record it by: make verify-record";
        }

        if (!result.IsAccepted)
        {
            return $"was accepted when recorded and is refused now: {result.Reason}";
        }

        return result.VerifiedInstructions > recorded * (1 + AllowedGrowth)
            ? $"grew from {recorded} to {result.VerifiedInstructions} instructions, more than {AllowedGrowth:P0}: make it smaller, or record it by: make verify-record"
            : null;
    }

    private static SortedDictionary<(string Kernel, string Object, string Program), uint> Empty() =>
        new(Comparer<(string Kernel, string Object, string Program)>.Create(static (left, right) =>
        {
            int order = string.CompareOrdinal(left.Kernel, right.Kernel);
            order = order != 0 ? order : string.CompareOrdinal(left.Object, right.Object);
            return order != 0 ? order : string.CompareOrdinal(left.Program, right.Program);
        }));
}
