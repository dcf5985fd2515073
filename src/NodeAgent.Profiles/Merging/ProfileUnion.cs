// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>The union of container profiles: pure, associative, commutative, idempotent.</summary>
/// <remarks>
/// The result is normal: every list sorted and without doubles, paths generalised with their runs of <c>⋯</c> as they are (see
/// <see cref="PathPatterns"/>). To make a part normal first changes nothing in the end, and nothing that was learned is unmatched after.
/// </remarks>
public static class ProfileUnion
{
    /// <summary>The union of any profiles, of one too; the cost is that of all of them.</summary>
    public static ContainerProfileSpec Of(IReadOnlyList<ContainerProfileSpec> profiles, MergeRules rules)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(rules);
        ContainerProfileSpec rest = profiles.Aggregate(new ContainerProfileSpec(), UniteRest);
        return rest with
        {
            Execs = ExecUnion.Of(All(profiles, profile => profile.Execs)),
            Opens = OpenUnion.Of(All(profiles, profile => profile.Opens), rules.Collapse.Opens),
            Endpoints = EndpointUnion.Of(All(profiles, profile => profile.Endpoints), rules.Collapse.Endpoints),
            Ingress = NeighborUnion.Of(All(profiles, profile => profile.Ingress)),
            Egress = NeighborUnion.Of(All(profiles, profile => profile.Egress)),
        };
    }

    /// <summary>The same as <see cref="Of"/> of both, at the cost of what is added.</summary>
    /// <param name="normal">What <see cref="Of"/> or this made, by the same rules.</param>
    /// <param name="added">Any profile.</param>
    public static ContainerProfileSpec Add(ContainerProfileSpec normal, ContainerProfileSpec added, MergeRules rules)
    {
        ArgumentNullException.ThrowIfNull(normal);
        ArgumentNullException.ThrowIfNull(added);
        ArgumentNullException.ThrowIfNull(rules);
        return UniteRest(normal, added) with
        {
            Execs = ExecUnion.Add(normal.Execs ?? [], added.Execs ?? []),
            Opens = OpenUnion.Add(normal.Opens ?? [], added.Opens ?? [], rules.Collapse.Opens),
            Endpoints = added.Endpoints is { Count: > 0 } ? EndpointUnion.Of([.. normal.Endpoints ?? [], .. added.Endpoints], rules.Collapse.Endpoints) : normal.Endpoints,
            Ingress = NeighborUnion.Add(normal.Ingress ?? [], added.Ingress ?? []),
            Egress = NeighborUnion.Add(normal.Egress ?? [], added.Egress ?? []),
        };
    }

    /// <summary>What one profile has to tell another: <c>union(known, difference) = union(known, newer)</c>, and no entry less would do.</summary>
    /// <param name="newer">Any profile.</param>
    /// <param name="known">Any profile.</param>
    /// <returns>Lists without an entry are empty or null; of an open with one new flag, the whole open.</returns>
    public static ContainerProfileSpec Difference(ContainerProfileSpec newer, ContainerProfileSpec known, MergeRules rules)
    {
        ContainerProfileSpec old = Of([known], rules);
        HashSet<ulong> told = [.. ProfileEntry.All(old).Select(entry => entry.Hash)];

        // Of the union: what the patterns of both turn into something that is known already is no news.
        ContainerProfileSpec both = Add(old, newer, rules);
        ContainerProfileSpec difference = ProfileEntry.ToSpec(newer, [.. ProfileEntry.All(both).Where(entry => !told.Contains(entry.Hash))]);
        return difference with { Execs = difference.Execs ?? [], Opens = difference.Opens ?? [], Ingress = difference.Ingress ?? [], Egress = difference.Egress ?? [] };
    }

    // All that is neither generalised nor large.
    private static ContainerProfileSpec UniteRest(ContainerProfileSpec one, ContainerProfileSpec other) => one with
    {
        Architectures = SortedUnion.Texts(one.Architectures, other.Architectures),
        Capabilities = SortedUnion.Texts(one.Capabilities, other.Capabilities),
        Syscalls = SortedUnion.Texts(one.Syscalls, other.Syscalls),
        SeccompProfile = RestUnion.Larger(one.SeccompProfile, other.SeccompProfile, RestUnion.Json.SingleSeccompProfile),
        ImageID = RestUnion.Larger(one.ImageID, other.ImageID),
        ImageTag = RestUnion.Larger(one.ImageTag, other.ImageTag),
        RulePolicies = RestUnion.Policies(one.RulePolicies, other.RulePolicies),
        IdentifiedCallStacks = RestUnion.Distinct(one.IdentifiedCallStacks, other.IdentifiedCallStacks, RestUnion.Json.IdentifiedCallStack),
        MatchLabels = RestUnion.Common(one.MatchLabels, other.MatchLabels),
        MatchExpressions = RestUnion.Common(one.MatchExpressions, other.MatchExpressions),
        Containers = RestUnion.Distinct(one.Containers, other.Containers, RestUnion.Json.ContainerProfileContainer),
        InitContainers = RestUnion.Distinct(one.InitContainers, other.InitContainers, RestUnion.Json.ContainerProfileContainer),
        EphemeralContainers = RestUnion.Distinct(one.EphemeralContainers, other.EphemeralContainers, RestUnion.Json.ContainerProfileContainer),
    };

    private static IEnumerable<T> All<T>(IReadOnlyList<ContainerProfileSpec> profiles, Func<ContainerProfileSpec, IReadOnlyList<T>?> list) =>
        profiles.SelectMany(profile => list(profile) ?? []);
}
