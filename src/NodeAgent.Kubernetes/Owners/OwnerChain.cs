// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Owners;

/// <summary>An object by the name that another one has for it.</summary>
/// <param name="ApiVersion">Shape: <c>apps/v1</c>.</param>
public sealed record OwnerName(string ApiVersion, string Kind, string Name, string Uid);

/// <param name="Direct">Who made the pod; the pod itself when nobody did.</param>
/// <param name="Top">The last one up the chain that is known.</param>
/// <param name="IsWhole">False: something in between could not be looked up, and may be later.</param>
public sealed record OwnerChain(OwnerName Direct, OwnerName Top, bool IsWhole);
