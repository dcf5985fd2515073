// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>Capabilities of a program. Source: capabilities(7), "File capabilities".</summary>
public sealed record HostFileCapabilities
{
    /// <summary>Shape: <c>NET_RAW</c>, by number. What a process may have once it has executed the file.</summary>
    public IReadOnlyList<string>? Permitted { get; init; }

    /// <summary>Shape: the same; what it keeps of those that the caller may hand on.</summary>
    public IReadOnlyList<string>? Inheritable { get; init; }

    /// <summary>Whether it has them at once, without asking for them.</summary>
    public bool? Effective { get; init; }

    /// <summary>The user who is root in the user namespace for which they hold; null = everywhere.</summary>
    public long? RootUid { get; init; }
}
