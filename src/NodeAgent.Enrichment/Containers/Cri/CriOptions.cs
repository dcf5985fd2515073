// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Where the container runtimes listen that speak the CRI.</summary>
public sealed class CriOptions : RuntimeOptions
{
    public const string Section = "enrichment:cri";

    /// <summary>Shape: absolute paths of UNIX sockets; those that are there are asked. The defaults are where the distributions put them.</summary>
    public IList<string> Sockets { get; } =
    [
        "/run/containerd/containerd.sock",
        "/run/crio/crio.sock",
        "/run/cri-dockerd.sock",
        "/run/k3s/containerd/containerd.sock",
        "/run/k0s/containerd.sock",
        "/var/snap/microk8s/common/run/containerd.sock",
        "/run/dockershim.sock",
    ];

    /// <summary>Pod sandboxes that are remembered, so that the containers of a pod ask for it once; and as many containers and images.</summary>
    public int MaxSandboxes { get; set; } = 1024;

    /// <exception cref="ArgumentException">A value is out of range; the message names its key.</exception>
    public void Validate()
    {
        OptionCheck.AtLeast(Section, nameof(MaxSandboxes), MaxSandboxes, 1);
        Check(Section, Sockets);
    }
}
