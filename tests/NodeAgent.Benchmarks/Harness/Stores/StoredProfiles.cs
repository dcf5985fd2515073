// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>Profiles as agents have them, of a size that is asked for.</summary>
internal static class StoredProfiles
{
    public const string Collection = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/containerprofiles";

    // Units: bytes of an open with a path of its own as JSON.
    private const int OpenBytes = 66;

    /// <summary>A series that tells a delta of so many bytes each time it is asked.</summary>
    public static IEnumerable<byte[]> Deltas(string workload, int bytes)
    {
        var series = new DeltaSeries("node-" + workload, TimeProvider.System);
        var opens = new List<OpenCalls>();
        while (true)
        {
            for (int i = bytes / OpenBytes; i > 0; i--)
            {
                opens.Add(new OpenCalls { Path = $"/srv/d{opens.Count / 40}/{workload}-{opens.Count:00000000}", Flags = ["O_RDONLY"] });
            }

            Delta delta = series.Next(Profile(workload, [.. opens], ProfileStatus.Ready), "deployment-" + workload, 1 << 20)!;
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(delta.Chunk(0), ApiJsonContext.Readable.ContainerProfile);
            series.Acknowledge(delta);
            yield return json;
        }
    }

    /// <summary>A profile that a person wrote: stored as it is.</summary>
    public static byte[] Plain(string name, int bytes)
    {
        ContainerProfile profile = Profile(name, [.. Enumerable.Range(0, bytes / OpenBytes).Select(i => new OpenCalls { Path = $"/srv/d{i / 40}/{name}-{i:00000000}", Flags = ["O_RDONLY"] })], null);
        return JsonSerializer.SerializeToUtf8Bytes(profile, ApiJsonContext.Readable.ContainerProfile);
    }

    private static ContainerProfile Profile(string workload, OpenCalls[] opens, string? status)
    {
        var id = new InstanceId { ApiVersion = "apps/v1", Namespace = "shop", Kind = "Deployment", Name = workload, ContainerName = "main" };
        if (!Slug.TryContainer(id, out string name))
        {
            throw new InvalidOperationException(workload);
        }

        var annotations = new Dictionary<string, string> { [KubescapeAnnotations.InstanceId] = id.ToString(), [KubescapeAnnotations.Completion] = ProfileCompletion.Complete };
        if (status is not null)
        {
            annotations[KubescapeAnnotations.Status] = status;
        }

        return new ContainerProfile
        {
            Metadata = new ObjectMeta
            {
                Name = status is null ? workload : name,
                Namespace = "shop",
                Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = "Deployment", [KubescapeLabels.Name] = workload },
                Annotations = annotations,
            },
            Spec = new ContainerProfileSpec { Opens = opens },
        };
    }
}
