// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>Which processes may do what which rule tells of.</summary>
internal sealed class PolicyIndex
{
    private readonly Dictionary<string, HashSet<byte[]>> _processes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _all = new(StringComparer.Ordinal);

    public PolicyIndex(IEnumerable<ContainerProfileSpec> specs)
    {
        foreach ((string rule, RulePolicy policy) in specs.SelectMany(spec => spec.RulePolicies ?? new Dictionary<string, RulePolicy>()))
        {
            if (policy.ContainerAllowed == true)
            {
                _all.Add(rule);
            }

            if (!_processes.TryGetValue(rule, out HashSet<byte[]>? processes))
            {
                _processes[rule] = processes = new HashSet<byte[]>(BytesComparer.Instance);
            }

            processes.UnionWith((policy.ProcessAllowed ?? []).Select(Encoding.UTF8.GetBytes));
        }
    }

    public bool Allows(string rule, ReadOnlySpan<byte> comm) =>
        _all.Contains(rule) || (_processes.TryGetValue(rule, out HashSet<byte[]>? processes) && processes.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(comm));
}
