// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Named as in the public C# client. Source: Kubernetes API, WatchEvent.</summary>
public enum WatchEventType
{
    /// <summary>A line that is no event of the API, or one of a type that came after us.</summary>
    Unknown,
    Added,
    Modified,
    Deleted,

    /// <summary>Only tells a resource version: everything up to it was told.</summary>
    Bookmark,
    Error,
}

/// <param name="Object">Null for errors and what is unknown.</param>
/// <param name="Error">Only of an error.</param>
public readonly record struct WatchEvent<T>(WatchEventType Type, T? Object, Status? Error)
    where T : IKubernetesObject;
