// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Recording.Format;

namespace NodeAgent.Recording;

/// <summary>An entry of which it may not be known yet whether it is recorded.</summary>
/// <param name="HeadLength">Units: bytes of <paramref name="Bytes"/> that are numbers.</param>
/// <param name="TimeNs">Units: boot ns of the tick before it.</param>
/// <param name="CgroupId">Whose; 0 = the machine's.</param>
/// <param name="Container">Whose, as far as it was known then.</param>
/// <param name="ChildCgroupId">Of a fork: where the child is.</param>
/// <param name="PodKey">Of a fact about a pod.</param>
internal sealed record HeldEntry(EntryType Type, byte[] Bytes, int HeadLength, ulong TimeNs, ulong CgroupId, ContainerInfo? Container, ulong ChildCgroupId, string? PodKey);
