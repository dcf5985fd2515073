// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Recording.Format;

/// <summary>What an entry of a recording is. Append-only. Numbers are little-endian; texts are the bytes behind the numbers, to the end of the entry.</summary>
/// <remarks>
/// <see cref="Record"/> and <see cref="Tick"/> are steps of the event loop. All others are facts: what the loop learned, beside the rings, during the
/// step that follows them.
/// </remarks>
internal enum EntryType : byte
{
    None = 0,

    /// <summary>Shape: a record as a ring gave it (bpf/include/event.h).</summary>
    Record = 1,

    /// <summary>Shape: boot time (u64 ns), wall clock then (i64 ns since 1970). The first is the loop's beginning.</summary>
    Tick = 2,

    /// <summary>Shape: a record as the task iterator gave it.</summary>
    Task = 3,

    /// <summary>Shape: pid (u32), start time (u64), whether they could be read (u8), arguments of that process as /proc has them.</summary>
    Arguments = 4,

    /// <summary>Shape: cgroup id (u64; 0 = there was none), path that was asked for.</summary>
    CgroupAt = 5,

    /// <summary>Shape: cgroup id (u64), path: one of those that a walk of the tree met.</summary>
    Cgroup = 6,

    /// <summary>Shape: cgroup id (u64), path: what a cgroup was that nobody had told of.</summary>
    PathAnswer = 7,

    /// <summary>Shape: cgroup id (u64), whether nobody knows more (u8), the container's identity as JSON.</summary>
    IdentityAnswer = 8,

    /// <summary>Shape: <see cref="PodFact"/> as JSON: what the API server says of a pod.</summary>
    Pod = 9,

    /// <summary>Shape: kind (u16), cgroup id (u64), count (u64): records that found their ring full.</summary>
    Loss = 10,

    /// <summary>Shape: cgroup id (u64), class (u32), count (u64), since (u64 boot ns): events that a budget cut.</summary>
    Cut = 11,

    Limit = 12,
}
