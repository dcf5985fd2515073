// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Pipeline;

/// <summary>What published rules take this agent for.</summary>
internal static class PublishedRules
{
    /// <summary>Shape: the version of Kubescape's agent whose rules run here unchanged: they ask for versions of it, not of ours.</summary>
    public const string AgentVersion = "0.3.158";
}
