// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Admission;

/// <summary>Who told whose pod a request names.</summary>
internal enum PodSource
{
    /// <summary>It is of this node.</summary>
    Node,
    ApiServer,

    /// <summary>Nobody: names are all that is known.</summary>
    Nobody,
}
