// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Sensors.Linux.Disks;

/// <summary>Where runtimes keep what is not the host's but its containers'.</summary>
internal static class ContainerFolders
{
    /// <summary>Shape: folders in which the files of images are.</summary>
    public static IReadOnlyList<string> Images { get; } =
    [
        "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/k0s/containerd", "/var/lib/kubelet/pods", "/var/lib/lxc", "/var/lib/lxd", "/var/lib/machines",
        "/var/lib/rancher/k3s/agent/containerd", "/var/lib/rancher/rke2/agent/containerd", "/var/snap/microk8s/common/var/lib/containerd",
        "/var/snap/lxd/common",
    ];

    /// <summary>Shape: ends of the paths of folders in which the files of rootless images are.</summary>
    public static IReadOnlyList<string> RootlessImages { get; } = ["/.local/share/containers", "/.local/share/docker"];

    /// <summary>Shape: beginnings of mount points that come and go with containers.</summary>
    public static IReadOnlyList<string> Mounts { get; } =
    [
        .. Images.Select(folder => folder + "/"), "/run/containerd/", "/run/docker/", "/run/k3s/", "/run/k0s/", "/run/netns", "/run/containers/", "/run/crio/", "/run/user/",
        "/var/run/containerd/", "/var/run/docker/", "/var/run/netns", "/var/lib/kubelet/plugins/",
    ];
}
