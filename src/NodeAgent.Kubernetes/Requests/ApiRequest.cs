// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Requests;

/// <summary>What is asked, in the terms in which the API server allows or forbids it.</summary>
/// <param name="Verb">Shape: get, list or watch.</param>
/// <param name="Resource">Shape: <c>replicasets.apps</c>.</param>
/// <param name="Namespace">Null = in the whole cluster.</param>
public sealed record ApiRequest(string Verb, string Resource, string? Namespace)
{
    /// <summary>Shape: <c>list pods in the whole cluster</c>.</summary>
    public override string ToString() => $"{Verb} {Resource} {(string.IsNullOrEmpty(Namespace) ? "in the whole cluster" : $"in namespace {Namespace}")}";
}
