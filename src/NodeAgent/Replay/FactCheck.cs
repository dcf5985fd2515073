// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Recording.Format;

namespace NodeAgent.Replay;

/// <summary>Whether what was read from JSON has no holes. Members are checked while they are read; elements of lists are not.</summary>
internal static class FactCheck
{
    public static bool IsWhole(ContainerIdentity identity) =>
        IsWhole(identity.PodLabels)
        && (identity.Configuration is not { } configuration
            || (configuration.Mounts.All(mount => mount is not null) && IsWhole(configuration.EnvironmentNames) && IsWhole(configuration.Args) && IsWhole(configuration.Capabilities)));

    public static bool IsWhole(PodFact fact) =>
        fact.Pod is not { } pod || (IsWhole(pod.Labels) && pod.Containers.Values.All(container => container is not null));

    private static bool IsWhole(IReadOnlyList<string> list) => list.All(text => text is not null);

    private static bool IsWhole(IReadOnlyDictionary<string, string> map) => map.Values.All(text => text is not null);
}
