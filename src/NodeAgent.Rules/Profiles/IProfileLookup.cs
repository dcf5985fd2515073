// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Profiles;

/// <summary>Where the rules find the profile of a container. Called on the event loop's thread.</summary>
public interface IProfileLookup
{
    /// <returns>False when the container has no profile at all (yet).</returns>
    bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view);
}

/// <summary>One container's profile, as far as rules ask it. Answers must be quick and allocate nothing.</summary>
public abstract class ProfileView
{
    /// <summary>The status with which a profile's learning is over.</summary>
    public const string CompletedStatus = "completed";

    /// <summary>Shape: the object's name.</summary>
    public abstract string Name { get; }

    /// <summary>Shape: the status annotation: <c>initializing</c>, <c>ready</c> (learning), <c>completed</c> …</summary>
    public abstract string Status { get; }

    /// <summary>Shape: <c>partial</c> or <c>complete</c>.</summary>
    public abstract string Completion { get; }

    /// <summary>Shape: hash of the profile's content; empty when not known.</summary>
    public abstract string Checksum { get; }

    public virtual bool IsCompleted => string.Equals(Status, CompletedStatus, StringComparison.Ordinal);

    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    public abstract bool WasExecuted(ReadOnlySpan<byte> path);

    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    public abstract bool WasOpened(ReadOnlySpan<byte> path);

    /// <param name="name">Shape: lower-case ASCII, final dot included; bytes that no host name has as <c>\DDD</c> (RFC 1035 5.1).</param>
    public abstract bool IsDomainInEgress(ReadOnlySpan<byte> name);

    /// <summary>Address, port and protocol must all be those of one neighbour.</summary>
    public abstract bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol);

    /// <summary>The same of whoever had the address at a time.</summary>
    /// <param name="timeNs">Units: boot ns.</param>
    public virtual bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) => IsAddressInEgress(address, port, protocol);

    /// <summary>Whatever the port and protocol.</summary>
    /// <param name="timeNs">Units: boot ns.</param>
    public virtual bool IsAddressInEgress(NetAddress address, ulong timeNs) => false;

    /// <inheritdoc cref="IsAddressInEgress(NetAddress, ushort, TransportProtocol, ulong)"/>
    /// <param name="port">The port of ours that was called.</param>
    public virtual bool IsAddressInIngress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) => false;

    /// <inheritdoc cref="IsAddressInEgress(NetAddress, ulong)"/>
    public virtual bool IsAddressInIngress(NetAddress address, ulong timeNs) => false;

    /// <inheritdoc cref="IsDomainInEgress"/>
    public virtual bool IsDomainInIngress(ReadOnlySpan<byte> name) => false;

    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    /// <param name="arguments">Shape: <c>ByteText</c> per argument, argv[0] included.</param>
    public virtual bool WasExecutedWithArgs(ReadOnlySpan<byte> path, IReadOnlyList<string> arguments) => false;

    /// <summary>With all of these flags.</summary>
    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    /// <param name="flags">Shape: the caller's flags of open(2).</param>
    public virtual bool WasOpened(ReadOnlySpan<byte> path, uint flags) => false;

    /// <summary>Whether any file was opened whose path begins and ends so.</summary>
    public virtual bool WasOpenedLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end) => false;

    /// <param name="name">Shape: <c>openat</c>.</param>
    public virtual bool WasSyscallUsed(ReadOnlySpan<byte> name) => false;

    /// <param name="name">Shape: <c>SYS_ADMIN</c>, with or without <c>CAP_</c>.</param>
    public virtual bool WasCapabilityUsed(ReadOnlySpan<byte> name) => false;

    /// <param name="endpoint">Shape: <c>:80/path</c>; without a port, of any.</param>
    /// <param name="methods">All of them; empty = any.</param>
    public virtual bool WasEndpointAccessed(ReadOnlySpan<byte> endpoint, IReadOnlyList<string> methods, EndpointMatch match) => false;

    /// <param name="host">Shape: as in a <c>Host</c> header.</param>
    public virtual bool WasHostAccessed(ReadOnlySpan<byte> host) => false;

    /// <summary>Whether the profile lets a process do what a rule tells of.</summary>
    /// <param name="ruleId">Shape: <c>R1010</c>.</param>
    /// <param name="comm">The process's name.</param>
    public virtual bool AllowsProcess(string ruleId, ReadOnlySpan<byte> comm) => false;
}

/// <summary>How an endpoint is compared.</summary>
public enum EndpointMatch
{
    Whole,
    Prefix,
    Suffix,
}
