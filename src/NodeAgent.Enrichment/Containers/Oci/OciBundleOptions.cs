// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Oci;

/// <summary>Where the runtimes put the bundles of their containers.</summary>
public sealed class OciBundleOptions
{
    public const string Section = "enrichment:bundles";

    /// <summary>Shape: absolute directories that hold <c>config.json</c>; <c>{id}</c> is the container's id, a segment <c>*</c> each directory there.</summary>
    public IList<string> Directories { get; } =
    [
        "/run/containerd/io.containerd.runtime.v2.task/*/{id}",
        "/run/k3s/containerd/io.containerd.runtime.v2.task/*/{id}",
        "/run/k0s/containerd/io.containerd.runtime.v2.task/*/{id}",
        "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/*/{id}",
        "/var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task/*/{id}",
        "/run/containers/storage/*/{id}/userdata", // CRI-O
        "/var/lib/containers/storage/*/{id}/userdata", // Podman
    ];

    /// <summary>Put before each: where the host's file system is seen from here.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        foreach (string directory in Directories)
        {
            if (!Path.IsPathRooted(directory) || !directory.Contains("{id}", StringComparison.Ordinal))
            {
                throw new ArgumentException($"{Section}:{nameof(Directories)} holds '{directory}', which is no absolute path with {{id}}");
            }
        }
    }
}
