// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Which processes did what a rule tells of that can be allowed by process. Beyond its bound any process of the container may.</summary>
internal sealed class RulePolicySet
{
    /// <summary>Units: processes of one rule.</summary>
    public const int MaxProcesses = 64;

    // A rule without names allows any process.
    private readonly SortedDictionary<string, HashSet<byte[]>?> _rules = new(StringComparer.Ordinal);

    /// <param name="rule">Shape: <c>R1010</c>; one of few.</param>
    /// <param name="process">Shape: the name that the kernel has for it.</param>
    /// <returns>True when it was new. Known: no allocation.</returns>
    public bool Add(string rule, ReadOnlySpan<byte> process)
    {
        if (!_rules.TryGetValue(rule, out HashSet<byte[]>? processes))
        {
            _rules[rule] = processes = new HashSet<byte[]>(BytesComparer.Instance);
        }

        if (processes is null || !processes.GetAlternateLookup<ReadOnlySpan<byte>>().Add(process))
        {
            return false;
        }

        if (processes.Count > MaxProcesses)
        {
            _rules[rule] = null;
        }

        return true;
    }

    public LearnedPolicy[] ToArray() => [.. _rules.Select(rule => new LearnedPolicy(rule.Key, rule.Value?.ToArray()))];

    public void Unite(IReadOnlyList<LearnedPolicy> other)
    {
        foreach (LearnedPolicy policy in other)
        {
            if (policy.Processes is not { } processes)
            {
                _rules[policy.Rule] = null;
                continue;
            }

            foreach (byte[] process in processes)
            {
                Add(policy.Rule, process);
            }
        }
    }
}

/// <param name="Processes">Null = any of the container.</param>
internal sealed record LearnedPolicy(string Rule, byte[][]? Processes);
