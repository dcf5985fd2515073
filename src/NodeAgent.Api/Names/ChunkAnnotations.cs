// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Ours: what a chunk of a profile says of itself beside Kubescape's chain of timestamps, and what a consolidated profile says of its chunks.</summary>
public static class ChunkAnnotations
{
    /// <summary>The node whose agent sent it.</summary>
    public const string Node = "node-agent.io/node";

    /// <summary>When the series began; of a node's series the newest counts. Units: ms since 1970, UTC.</summary>
    public const string SeriesStart = "node-agent.io/series-start";

    /// <summary>Number of the delta in its series, from 1; none is used for two contents.</summary>
    public const string Sequence = "node-agent.io/sequence";

    /// <summary>The delta upon which it builds: all that the series knew and had not told by then is in it. 0 = it holds everything.</summary>
    public const string Base = "node-agent.io/base";

    /// <summary>Which part of its delta. Shape: <c>2/3</c>.</summary>
    public const string Part = "node-agent.io/part";

    /// <summary>Name of the profile that it belongs to; the chunk's own name may have had to be cut.</summary>
    public const string Profile = "node-agent.io/profile";

    /// <summary>Name of the workload's profiles.</summary>
    public const string Workload = "node-agent.io/workload";

    /// <summary>In the answer to a chunk: the storage lacks an earlier one of the series, and wants it whole. Shape: <c>true</c>.</summary>
    public const string Missing = "node-agent.io/missing";

    /// <summary>Of a consolidated profile: which chunks it is made of. Shape: JSON.</summary>
    public const string Ledger = "node-agent.io/ledger";

    /// <summary>Of a consolidated profile: the generation at which the storage made its content normal, and by which rules. Shape: <c>5 default</c>.</summary>
    public const string Normal = "node-agent.io/normal-at";

    /// <summary>Of a workload's profiles: the container profiles that they are made of. Shape: names, separated by commas.</summary>
    public const string Containers = "node-agent.io/container-profiles";
}
