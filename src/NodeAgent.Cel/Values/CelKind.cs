// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>What a value is at run time.</summary>
public enum CelKind : byte
{
    /// <summary>No value: an unbound variable.</summary>
    None,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List,
    Map,
    Type,
    Optional,
    Object,
}
