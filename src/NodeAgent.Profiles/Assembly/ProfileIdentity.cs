// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Assembly;

/// <summary>Whose profile it is: containers of one workload with one name share it.</summary>
internal sealed record ProfileIdentity
{
    private static readonly ImmutableHashSet<string> RolloutLabels =
        ["controller-revision-hash", "pod-template-generation", "pod-template-hash"];

    public required InstanceId Instance { get; init; }

    public required string Name { get; init; }

    public required string WorkloadSlug { get; init; }

    public string Image { get; init; } = string.Empty;

    public string ImageDigest { get; init; } = string.Empty;

    public string TemplateHash { get; init; } = string.Empty;

    /// <summary>Of the workload at the top, as the labels and the workload id name it; the instance is its direct owner's.</summary>
    public required string WorkloadKind { get; init; }

    public required string WorkloadName { get; init; }

    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What the pod's label <c>max-sniffing-time</c> says; null = nothing, or nothing that is a duration.</summary>
    public TimeSpan? LearningPeriod { get; init; }

    /// <summary>What the pod's label <c>user-defined-profile</c> says; empty = nothing.</summary>
    public string UserDefinedProfile { get; init; } = string.Empty;

    public string Namespace => Instance.Namespace;

    /// <summary>Unique among profiles.</summary>
    public string Key => $"{Namespace}/{Name}";

    public static ProfileIdentity Of(ContainerInfo container, ProfileOptions options)
    {
        ContainerIdentity identity = container.Identity;
        WorkloadIdentity top = identity.Workload;
        WorkloadIdentity workload = identity.Owner.Kind.Length > 0 && identity.Owner.Name.Length > 0 ? identity.Owner : top;
        bool known = workload.Kind.Length > 0 && workload.Name.Length > 0;
        string name = known ? workload.Name : UnitName(container, identity, options);
        var instance = new InstanceId
        {
            ApiVersion = known && workload.ApiVersion.Length > 0 ? workload.ApiVersion : "v1",
            Namespace = FirstOf(workload.Namespace, identity.PodNamespace, "default"),
            Kind = known ? workload.Kind : UnitKindName(identity.Kind),
            Name = name,
            ContainerName = FirstOf(identity.ContainerName, name),
            ContainerType = (ContainerType)identity.ContainerKind,
            AlternateName = identity.OwnerAlternateName.Length > 0 ? identity.OwnerAlternateName : null,
        };
        return From(instance) with
        {
            WorkloadKind = top.Kind.Length > 0 && known ? top.Kind : instance.Kind,
            WorkloadName = top.Name.Length > 0 && known ? top.Name : instance.Name,
            Image = identity.Image,
            ImageDigest = identity.ImageDigest,
            TemplateHash = FirstOf(
                identity.TemplateHash, identity.PodLabels.GetValueOrDefault("pod-template-hash"), identity.PodLabels.GetValueOrDefault("controller-revision-hash"), string.Empty),
            LearningPeriod = PeriodOf(identity.PodLabels),
            UserDefinedProfile = identity.PodLabels.GetValueOrDefault(KubescapeLabels.UserDefinedProfile, string.Empty),
            MatchLabels = identity.PodUid.Length == 0 && identity.PodLabels.Count == 0
                ? StandaloneLabels(name)
                : identity.PodLabels.Where(label => !RolloutLabels.Contains(label.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static TimeSpan? PeriodOf(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(KubescapeLabels.MaxSniffingTime, out string? text) && DurationText.TryParse(text, out TimeSpan period, out _) && period > TimeSpan.Zero
            ? period
            : null;

    // Without labels a policy would select every pod of its namespace: what is no pod is selected by a label that no pod has.
    private static ImmutableDictionary<string, string> StandaloneLabels(string name) =>
        ImmutableDictionary<string, string>.Empty.Add(KubescapeLabels.Name, LabelValue.Sanitize(name));

    public static ProfileIdentity From(InstanceId instance)
    {
        // Names of units may hold what no Kubernetes name can (getty@tty1.service); the hash keeps the container slugs apart.
        InstanceId readable = instance with { Name = Subdomain(instance.Name), ContainerName = Subdomain(instance.ContainerName) };
        string hash = instance.Hash;
        bool changed = readable != instance;
        bool named = Slug.TryContainer(readable, out string name) & Slug.TryWorkload(readable, out string workload);
        if (!named)
        {
            string fallback = $"unit-{hash[..16]}";
            return new ProfileIdentity { Instance = instance, Name = fallback, WorkloadSlug = fallback, WorkloadKind = instance.Kind, WorkloadName = instance.Name };
        }

        // The hash of a slug is that of the true text, also when the readable part was changed.
        string readableHash = readable.Hash;
        name = name.Replace($"-{readableHash[..4]}-{readableHash[^4..]}", $"-{hash[..4]}-{hash[^4..]}", StringComparison.Ordinal);
        workload = changed && readable.Name != instance.Name && workload.Length < Slug.MaxLength - 5 ? $"{workload}-{hash[..4]}" : workload;
        return new ProfileIdentity { Instance = instance, Name = name, WorkloadSlug = workload, WorkloadKind = instance.Kind, WorkloadName = instance.Name };
    }

    private static string UnitName(ContainerInfo container, ContainerIdentity identity, ProfileOptions options)
    {
        string last = container.CgroupPath.TrimEnd('/');
        last = last[(last.LastIndexOf('/') + 1)..];
        return identity.Kind == UnitKind.Host ? options.HostName
            : FirstOf(identity.ContainerName, identity.ContainerId, last, $"cgroup-{container.CgroupId}");
    }

    private static string UnitKindName(UnitKind kind) => kind switch
    {
        UnitKind.Container => "Container",
        UnitKind.SystemdUnit => "SystemdUnit",
        UnitKind.Host => "Host",
        _ => "Cgroup",
    };

    private static string Subdomain(string name)
    {
        string lower = name.ToLowerInvariant();
        string clean = string.Concat(lower.Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '-' ? c : '-')).Trim('-', '.');
        return clean.Length == 0 ? "x" : clean == lower ? name : clean;
    }

    private static string FirstOf(params ReadOnlySpan<string?> values)
    {
        foreach (string? value in values)
        {
            if (!string.IsNullOrEmpty(value))
            {
                return value;
            }
        }

        return string.Empty;
    }
}
