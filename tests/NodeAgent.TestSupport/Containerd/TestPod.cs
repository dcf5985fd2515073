// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.TestSupport.Containerd;

/// <summary>A pod as a kubelet asks a runtime for it.</summary>
/// <param name="Uid">Its cgroup is called after this; of a pod from the kubelet's own files 32 hex digits.</param>
public sealed record TestPod(string Namespace, string Name, string Uid)
{
    public bool HostNetwork { get; init; } = true;

    public bool Privileged { get; init; }

    public IReadOnlyList<(string Key, string Value)> Labels { get; init; } = [];
}

/// <summary>A container as a kubelet asks a runtime for it.</summary>
public sealed record TestContainer(string Name, params string[] Command)
{
    /// <summary>How often it was started before.</summary>
    public uint Attempt { get; init; }

    public IReadOnlyList<(string Host, string Inside, bool ReadOnly)> Mounts { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];
}
