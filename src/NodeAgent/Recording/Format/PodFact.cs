// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Pods;

namespace NodeAgent.Recording.Format;

/// <summary>What was known of a pod when it was asked for, or when more became known.</summary>
/// <param name="Key">The uid, or what a static pod's cgroups are called after.</param>
/// <param name="IsNews">More became known of it: its containers are completed.</param>
/// <param name="Pod">Null = it is not known any more.</param>
internal sealed record PodFact(string Key, bool IsNews, PodRecord? Pod);
