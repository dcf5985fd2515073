// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;

namespace NodeAgent.Storage.Tests.Consolidation;

/// <summary>Chunks as agents send them.</summary>
internal static class Chunks
{
    public const string Workload = "replicaset-web-77b4";

    public static string Name(string container) => Profile(container).Metadata.Name!;

    public static ContainerProfile Profile(string container, string status = ProfileStatus.Ready, params string[] programs)
    {
        var id = new InstanceId { ApiVersion = "apps/v1", Namespace = "store", Kind = "ReplicaSet", Name = "web-77b4", ContainerName = container };
        Assert.True(Slug.TryContainer(id, out string name));
        return new ContainerProfile
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = "Deployment", [KubescapeLabels.Name] = "web", [KubescapeLabels.ContainerName] = container },
                Annotations = new Dictionary<string, string>
                {
                    [KubescapeAnnotations.InstanceId] = id.ToString(),
                    [KubescapeAnnotations.Wlid] = "wlid://cluster-c/namespace-store/deployment-web",
                    [KubescapeAnnotations.ContainerType] = "containers",
                    [KubescapeAnnotations.Status] = status,
                    [KubescapeAnnotations.Completion] = ProfileCompletion.Complete,
                },
            },
            Spec = new ContainerProfileSpec
            {
                Execs = [.. programs.Select(path => new ExecCalls { Path = path, Args = [path] })],
                Egress = [.. programs.Select((_, i) => new NetworkNeighbor { Type = "external", IpAddress = $"203.0.113.{i}", Ports = [new NetworkPort { Name = "TCP-443", Protocol = "TCP", Port = 443 }] })],
            },
        };
    }

    /// <summary>The first chunk of a series that knows this.</summary>
    public static string Of(ContainerProfile profile, string node = "node") => Text(new DeltaSeries(node, TimeProvider.System).Next(profile, Workload, 1 << 20)!.Chunk(0));

    public static string Text(ContainerProfile chunk) => JsonSerializer.Serialize(chunk, ApiJsonContext.Readable.ContainerProfile);
}
