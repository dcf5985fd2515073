// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Watching;

/// <summary>How a resource is followed.</summary>
public sealed record ReflectorOptions
{
    /// <summary>Null = all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>Shape: <c>spec.nodeName=node-a</c>.</summary>
    public string? FieldSelector { get; init; }

    public string? LabelSelector { get; init; }

    /// <summary>Units: objects of a page.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Units: s after which the server ends a watch, at least; scattered up to twice as long.</summary>
    public int WatchSeconds { get; init; } = 300;

    /// <summary>How late changes may be told, so that those that come meanwhile are read together.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>First pause after a failure; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after 401, 403 and 404, which only a person changes.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromMinutes(1);
}
