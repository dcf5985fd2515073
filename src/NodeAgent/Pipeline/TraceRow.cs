// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Pipeline;

/// <summary>One line of the live view: an event with its subject, as text.</summary>
/// <param name="Time">Wall clock.</param>
/// <param name="Kind">Shape: what happened in one word, such as exec, open, rename, connect, dns, setns.</param>
/// <param name="Namespace">The workload's namespace.</param>
/// <param name="Workload">Shape: <c>Kind/name</c>.</param>
/// <param name="Container">Name, or the start of its id.</param>
/// <param name="Detail">What happened; untrusted text, unescaped.</param>
public sealed record TraceRow(
    DateTimeOffset Time,
    string Kind,
    string Namespace,
    string Workload,
    string Container,
    uint Pid,
    uint ParentPid,
    uint Uid,
    string Comm,
    string Detail)
{
    /// <summary>Empty outside of pods.</summary>
    public string Pod { get; init; } = string.Empty;

    public string PodUid { get; init; } = string.Empty;

    public string ContainerId { get; init; } = string.Empty;

    public string Image { get; init; } = string.Empty;
}
