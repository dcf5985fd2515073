// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Enrichment.Processes;

namespace NodeAgent.Enrichment;

public static class EnrichmentServiceCollectionExtensions
{
    /// <summary>Registers the tables, the stage and the sources. The host runs <see cref="ContainerLookup.RunAsync"/>.</summary>
    public static IServiceCollection AddEnrichment(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddOptions<ProcessTableOptions>();
        services.AddOptions<ContainerTableOptions>();
        services.AddOptions<DnsNamesOptions>();
        services.AddOptions<RuncStateOptions>();
        services.TryAddSingleton<IProcfs>(_ => new Procfs());
        services.TryAddSingleton<ICgroupTree>(provider => CgroupTree.Detect(provider.GetRequiredService<ILogger<CgroupTree>>()));
        services.AddOptions<CriOptions>();

        // The runtime first: it knows labels and digests, which runc's state lacks.
        services.TryAddSingleton(provider => new CriSource(
            Value<CriOptions>(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CriSource>>()));
        services.AddSingleton<IContainerMetadataSource>(provider => provider.GetRequiredService<CriSource>());
        services.AddOptions<DockerOptions>();
        services.TryAddSingleton(provider => new DockerSource(
            Value<DockerOptions>(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DockerSource>>()));
        services.AddSingleton<IContainerMetadataSource>(provider => provider.GetRequiredService<DockerSource>());
        services.AddOptions<OciBundleOptions>();
        services.TryAddSingleton(provider => new OciBundles(Value<OciBundleOptions>(provider)));
        services.AddSingleton<IContainerMetadataSource>(provider => new OciBundleSource(provider.GetRequiredService<OciBundles>()));
        services.AddSingleton<IContainerMetadataSource>(provider => new RuncStateSource(
            Value<RuncStateOptions>(provider), provider.GetRequiredService<OciBundles>()));
        services.TryAddSingleton(provider => new ContainerLookup(
            provider.GetRequiredService<ICgroupTree>(),
            provider.GetServices<IContainerMetadataSource>(),
            Value<ContainerTableOptions>(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ContainerLookup>>(),
            provider.GetRequiredService<OciBundles>()));
        services.TryAddSingleton<IContainerLookup>(provider => provider.GetRequiredService<ContainerLookup>());
        services.TryAddSingleton(provider => new ProcessTable(Value<ProcessTableOptions>(provider), provider.GetRequiredService<IProcfs>()));
        services.TryAddSingleton(provider => new ContainerTable(
            Value<ContainerTableOptions>(provider),
            provider.GetRequiredService<ICgroupTree>(),
            provider.GetRequiredService<IContainerLookup>(),
            Environment.MachineName,
            provider.GetService<IPodLookup>()));
        services.TryAddSingleton(provider => new DnsNames(Value<DnsNamesOptions>(provider)));
        services.TryAddSingleton<EnrichmentStage>();
        services.TryAddSingleton<EnrichmentMetrics>();
        return services;
    }

    private static T Value<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
