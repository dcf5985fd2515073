// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Maps;

/// <summary>The map types that the agent uses. Source: <c>enum bpf_map_type</c>.</summary>
public enum MapType
{
    Unspecified = 0,
    Hash = 1,
    Array = 2,
    ProgramArray = 3,
    PerCpuHash = 5,
    PerCpuArray = 6,
    LruHash = 9,
    LruPerCpuHash = 10,
    ArrayOfMaps = 12,
    RingBuffer = 27,
}

/// <summary>Source: the BPF_F_* flags of bpf_map_create.</summary>
[Flags]
public enum MapFlags : uint
{
    None = 0,

    /// <summary>User space may map the values of an array into its memory.</summary>
    Mmapable = 1 << 10,
}
