// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>The container runtimes of a node. A kind of ours.</summary>
public sealed record ContainerRuntimeInfoSpec
{
    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<ContainerRuntime>? Runtimes { get; init; }

    public string? NodeName { get; init; }
}

public sealed record ContainerRuntime
{
    /// <summary>Shape: <c>containerd</c>, <c>crio</c> or <c>docker</c>.</summary>
    public string? Name { get; init; }

    public bool IsRunning { get; init; }

    /// <summary>Shape: arguments with blanks between them, secrets taken out; null = it does not run.</summary>
    public string? CmdLine { get; init; }

    /// <summary>In the order in which they are read; without content, since they may hold credentials of registries.</summary>
    public IReadOnlyList<HostFile>? ConfigFiles { get; init; }

    /// <summary>Sockets by which it is asked to start containers: who may write there is root.</summary>
    public IReadOnlyList<HostFile>? Sockets { get; init; }

    public IReadOnlyList<HostFile>? ServiceFiles { get; init; }

    /// <summary>What bears on security, as the files and the command line have it. Sorted by key.</summary>
    public IReadOnlyList<HostSetting>? Settings { get; init; }

    /// <summary>Registries that are asked without TLS, or whose certificate is not verified. Sorted.</summary>
    public IReadOnlyList<string>? InsecureRegistries { get; init; }
}
