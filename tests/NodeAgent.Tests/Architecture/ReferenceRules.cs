// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Architecture;

/// <summary>The direction of project references, as ARCHITECTURE.md draws it.</summary>
internal static class ReferenceRules
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["NodeAgent.Events"] = [],
        ["NodeAgent.Api"] = [],
        ["NodeAgent.Interop"] = [],
        ["NodeAgent.Cel"] = [],
        ["NodeAgent.Files"] = [],
        ["NodeAgent.Bpf"] = ["NodeAgent.Interop", "NodeAgent.Events"],
        ["NodeAgent.Enrichment"] = ["NodeAgent.Events"],
        ["NodeAgent.Profiles"] = ["NodeAgent.Events", "NodeAgent.Api", "NodeAgent.Files"],
        ["NodeAgent.Rules"] = ["NodeAgent.Events", "NodeAgent.Api", "NodeAgent.Cel"],
        ["NodeAgent.HostScan"] = ["NodeAgent.Api", "NodeAgent.Cel", "NodeAgent.Enrichment", "NodeAgent.Events", "NodeAgent.Interop"],
        ["NodeAgent.Integrity"] = ["NodeAgent.Api", "NodeAgent.Enrichment", "NodeAgent.Events", "NodeAgent.Files", "NodeAgent.Interop", "NodeAgent.Rules"],
        ["NodeAgent.Kubernetes"] = ["NodeAgent.Api"],
        ["NodeAgent.Export"] = ["NodeAgent.Api", "NodeAgent.Files"],
        ["NodeAgent.NetworkPolicy"] = ["NodeAgent.Api"],
        ["NodeAgent.Storage"] = ["NodeAgent.Api", "NodeAgent.Files", "NodeAgent.NetworkPolicy", "NodeAgent.Profiles"],
        ["NodeAgent.Hosting"] = ["NodeAgent.Api"],

        // The storage as a program of its own; what it asks of a cluster it asks through ports of the storage.
        ["NodeAgent.StorageHost"] = ["NodeAgent.Api", "NodeAgent.Export", "NodeAgent.Files", "NodeAgent.Hosting", "NodeAgent.Kubernetes", "NodeAgent.Storage"],
        ["NodeAgent.Operator"] = ["NodeAgent.Api", "NodeAgent.Kubernetes"],
        // The composition root embeds the storage of a single machine; the operator is a program of its own.
        ["NodeAgent"] =
        [
            "NodeAgent.Events", "NodeAgent.Api", "NodeAgent.Interop", "NodeAgent.Bpf", "NodeAgent.Enrichment",
            "NodeAgent.Profiles", "NodeAgent.Files", "NodeAgent.Rules", "NodeAgent.HostScan", "NodeAgent.Integrity", "NodeAgent.Kubernetes", "NodeAgent.Export",
            "NodeAgent.NetworkPolicy", "NodeAgent.Storage", "NodeAgent.Hosting", "NodeAgent.Cel",
        ],
    };

    private static readonly HashSet<string> MayBeUnsafe = new(StringComparer.Ordinal) { "NodeAgent.Interop", "NodeAgent.Bpf" };

    /// <summary>One sentence for each rule that the projects break; empty when they keep all of them.</summary>
    public static IReadOnlyList<string> Violations(IEnumerable<ProjectFile> projects)
    {
        List<string> violations = [];
        foreach (ProjectFile project in projects)
        {
            if (!Allowed.TryGetValue(project.Name, out string[]? allowed))
            {
                violations.Add($"{project.Name} is not in the table of projects: decide what it may reference and add it to ReferenceRules and ARCHITECTURE.md.");
                continue;
            }

            violations.AddRange(project.References
                .Where(reference => !allowed.Contains(reference))
                .Select(reference => $"{project.Name} references {reference}, but may reference only: {List(allowed)}. Give it a port (interface) of its own and adapt it in NodeAgent."));
            if (project.AllowsUnsafe && !MayBeUnsafe.Contains(project.Name))
            {
                violations.Add($"{project.Name} sets AllowUnsafeBlocks; unsafe code belongs in {List(MayBeUnsafe)}.");
            }
        }

        return violations;
    }

    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "nothing";
}
